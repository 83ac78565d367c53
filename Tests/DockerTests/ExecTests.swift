import Docker
import Synchronization
import TestSupport
import Testing

@Suite struct ExecTests {
    /// An engine that knows of the end of a command only when asked for the third time.
    private static func respond(
        to request: StandInHTTPServer.Request,
        asked: Int,
        output: [[UInt8]]
    ) -> StandInHTTPServer.Answer {
        switch request.target {
        case "/v1.43/containers/c/exec": .whole(201, #"{"Id":"e1"}"#)
        case "/v1.43/exec/e1/start": .untilClose(output)
        case "/v1.43/exec/e1/json" where asked < 3: .whole(200, #"{"Running":true,"ExitCode":null}"#)
        case "/v1.43/exec/e1/json": .whole(200, #"{"Running":false,"ExitCode":7}"#)
        default: .whole(404, #"{"message":"page not found"}"#)
        }
    }

    @Test func `a command's output and exit code are told`() async throws {
        let asked = Mutex(0)
        let output = [bytes("\u{1}\0\0\0\0\0\0\u{3}hi\n"), bytes("\u{2}\0\0\0"), bytes("\0\0\0\u{5}oops\n")]
        try await withEngine { request in
            if request.target.hasSuffix("/json") { asked.withLock { $0 += 1 } }
            return Self.respond(to: request, asked: asked.withLock { $0 }, output: output)
        } _: { client, server in
            let result = try await client.exec("c", command: ["check", "--all"], limit: .seconds(120))
            #expect(result.exitCode == 7)
            #expect(result.lines == ["hi", "oops"])
            #expect(asked.withLock { $0 } == 3)
            #expect(
                server.requests.dropFirst().prefix(2).map(\.body) == [
                    #"{"AttachStderr":true,"AttachStdout":true,"Cmd":["check","--all"]}"#,
                    #"{"Detach":false,"Tty":false}"#,
                ]
            )
        }
    }

    @Test func `a command that doesn't end hits its limit`() async throws {
        try await withEngine { request in
            request.target.hasSuffix("/start") ? .hang : .whole(201, #"{"Id":"e1"}"#)
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in
                _ = try await client.exec("c", command: ["sleep"], limit: .milliseconds(200))
            }
            #expect(error == .timedOut(call: "the command sleep in c", limit: .milliseconds(200)))
        }
    }

    @Test func `a command in a container that doesn't run is a conflict`() async throws {
        try await withEngine { _ in
            .whole(409, #"{"message":"Container c is not running"}"#)
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in
                _ = try await client.exec("c", command: ["true"], limit: .seconds(120))
            }
            #expect(error?.isConflict == true)
        }
    }

    private func bytes(_ text: String) -> [UInt8] {
        Array(text.utf8)
    }
}
