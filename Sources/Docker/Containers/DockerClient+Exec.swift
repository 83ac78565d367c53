import AsyncHTTPClient
import Backoff
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import PercentEncoding

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension DockerClient {
    /// Runs a command inside a running container, and waits until it ends.
    ///
    /// Calls `POST /containers/ID/exec`, `POST /exec/ID/start` and `GET /exec/ID/json`. The engine can't end such a command. At
    /// the limit, or when the task is cancelled, the command keeps running in the container until it ends by itself, or until
    /// the caller ends it.
    ///
    /// - Parameters:
    ///   - id: The container; a conflict if it doesn't run, or is paused.
    ///   - command: The program, which is searched in the container's `PATH`, and its arguments. There's no shell.
    ///   - limit: How long everything may take.
    ///   - tail: How many lines of its output are kept.
    ///   - created: Called with the engine's id of the command before it starts.
    /// - Returns: How it ended.
    /// - Throws: Among others an error that `isConflict` if the container doesn't run, and `timedOut` at the limit.
    package func exec(
        _ id: String,
        command: [String],
        limit: Duration,
        tail: Int = 50,
        created: @escaping @Sendable (_ exec: String) -> Void = { _ in }
    ) async throws(DockerError) -> ExecResult {
        let create = Call(
            .POST,
            "/containers/\(id.percentEncoded)/exec",
            body: try Self.body(ExecRequest(command: command), call: "POST /containers/\(id)/exec")
        )
        return try await TimeLimit.run("the command \(command.first ?? "") in \(id)", limit) {
            (_) async throws(DockerError) in
            let exec = try await decode(ExecCreated.self, from: create, limit: limit).id
            created(exec)
            let lines = try await output(of: exec, tail: max(tail, 0))
            return ExecResult(exitCode: try await exitCode(of: exec, limit: limit), lines: lines)
        }
    }

    /// The state of a command inside a container.
    ///
    /// Calls `GET /exec/ID/json`.
    ///
    /// - Parameter exec: The engine's id of the command.
    /// - Returns: Its state; nil when the engine doesn't know it any more, for example after its container was removed.
    /// - Throws: `DockerError` if the engine doesn't answer.
    package func execState(_ exec: String) async throws(DockerError) -> ExecState? {
        do throws(DockerError) {
            let call = Call(.GET, "/exec/\(exec.percentEncoded)/json")
            return try await decode(ExecState.self, from: call, limit: limits.query)
        } catch  where error.isNotFound {
            return nil
        }
    }

    /// Starts the command and reads its output, until it closes it.
    ///
    /// Without an `Upgrade` header, the engine answers 200, and sends until it closes the connection.
    private func output(of exec: String, tail: Int) async throws(DockerError) -> [String] {
        let name = "POST /exec/\(exec)/start"
        let call = Call(
            .POST,
            "/exec/\(exec.percentEncoded)/start",
            body: try Self.body(["Detach": false, "Tty": false], call: name)
        )
        let response = try await send(call, prefix: try await versionPrefix(), on: streams)
        var demultiplexer = LogDemultiplexer()
        var lines: [String] = []
        do {
            for try await chunk in response.body {
                lines += demultiplexer.append(chunk)
                lines.removeFirst(max(lines.count - tail, 0))
            }
        } catch {
            throw translate(error, call: call, limit: nil, hasHead: true)
        }
        lines += demultiplexer.finish()
        return lines.suffix(tail)
    }

    /// Asks for the exit code until the engine has it: it is known a moment after the output ends, and a command may close its
    /// output and keep running.
    private func exitCode(of exec: String, limit: Duration) async throws(DockerError) -> Int {
        let call = Call(.GET, "/exec/\(exec.percentEncoded)/json")
        let backoff = Backoff(from: .milliseconds(5), to: .milliseconds(200))
        var pause = backoff.first
        while true {
            let state = try await decode(ExecState.self, from: call, limit: limit)
            if !state.isRunning, let code = state.exitCode { return code }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw .cancelled(call: call.name)
            }
            pause = backoff.next(after: pause)
        }
    }

    static func body(_ value: some Encodable, call: String) throws(DockerError) -> ByteBuffer {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return ByteBuffer(data: try encoder.encode(value))
        } catch {
            throw .undecodable(call: call, reason: "the request can't be encoded: \(error)")
        }
    }
}

/// The body of `POST /containers/ID/exec`.
private struct ExecRequest: Encodable {
    let command: [String]
    let attachStdout = true
    let attachStderr = true

    private enum CodingKeys: String, CodingKey {
        case command = "Cmd"
        case attachStdout = "AttachStdout"
        case attachStderr = "AttachStderr"
    }
}

/// The part of the answer to `POST /containers/ID/exec` that is used.
private struct ExecCreated: Decodable, Sendable {
    let id: String

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}
