import AsyncHTTPClient
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
    /// The maximum size of the body of an ordinary answer, in bytes.
    static let largestAnswer = 32 << 20

    /// Makes a call and decodes its answer.
    func decode<Answer: Decodable & Sendable>(
        _ type: Answer.Type,
        from call: Call,
        limit: Duration
    ) async throws(DockerError) -> Answer {
        let body = try await perform(call, limit: limit)
        return try Self.decode(type, from: body, call: call.name)
    }

    /// Makes a call in the negotiated version, and returns the whole body of its answer.
    ///
    /// It first waits while the engine is stopped. `accepting` has the statuses other than 2xx that count as a success.
    @discardableResult
    func perform(_ call: Call, limit: Duration, accepting: Set<Int> = []) async throws(DockerError) -> ByteBuffer {
        await gate.untilOpen()
        return try await TimeLimit.run(call.name, limit) { (_) async throws(DockerError) in
            do throws(DockerError) {
                return try await fetch(call, prefix: try await versionPrefix(), accepting: accepting)
            } catch  where error.isVersionRefused {
                return try await fetch(call, prefix: try await versionPrefix(), accepting: accepting)
            }
        }
    }

    /// Makes a call without a time limit, and returns the whole body of its answer.
    func fetch(_ call: Call, prefix: String, accepting: Set<Int> = []) async throws(DockerError) -> ByteBuffer {
        let response = try await send(call, prefix: prefix, on: calls, accepting: accepting)
        return try await collect(response, call: call)
    }

    /// Sends a call, waits for the head of its answer, and checks the status.
    func send(
        _ call: Call,
        prefix: String,
        on client: HTTPClient,
        headLimit: Duration? = nil,
        accepting: Set<Int> = []
    ) async throws(DockerError) -> HTTPClientResponse {
        guard gate.isOpen else { throw .stopped(call: call.name) }
        var request = HTTPClientRequest(url: "http+unix://\(socketPath.percentEncoded)\(prefix)\(call.target)")
        request.method = call.method
        // Without this, the host would be the percent-encoded path of the socket, which the engine rejects with 400.
        request.headers.add(name: "Host", value: "docker")
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        } else if call.method == .POST {
            request.body = .bytes(ByteBuffer())
        }
        let response: HTTPClientResponse
        do {
            let deadline = headLimit.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            response = try await client.execute(request, deadline: deadline)
        } catch {
            // The engine may be upgraded before it answers again.
            version.current = nil
            throw translate(error, call: call, limit: headLimit, hasHead: false)
        }
        let status = Int(response.status.code)
        if (200..<300).contains(status) || accepting.contains(status) {
            return response
        }
        let body = try await collect(response, call: call)
        let message = Self.message(in: body, reason: response.status.reasonPhrase)
        let error = DockerError.api(status: status, message: message, call: call.name)
        if error.isVersionRefused { version.current = nil }
        throw error
    }

    /// The whole body of an answer.
    private func collect(_ response: HTTPClientResponse, call: Call) async throws(DockerError) -> ByteBuffer {
        do {
            return try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            throw translate(error, call: call, limit: nil, hasHead: true)
        }
    }

    /// Translates an error below HTTP.
    func translate(_ error: any Error, call: Call, limit: Duration?, hasHead: Bool) -> DockerError {
        if Task.isCancelled || error is CancellationError { return .cancelled(call: call.name) }
        if error is NIOTooManyBytesError {
            return .undecodable(call: call.name, reason: "it has more than \(Self.largestAnswer) bytes")
        }
        if let error = error as? HTTPClientError {
            if error == .deadlineExceeded, let limit { return .timedOut(call: call.name, limit: limit) }
            if error == .cancelled { return .cancelled(call: call.name) }
        }
        return hasHead
            ? .stream(reason: "\(call.name): \(error)")
            : .unreachable(socket: socketPath, reason: "\(call.name): \(error)")
    }

    static func decode<Answer: Decodable>(
        _ type: Answer.Type,
        from body: ByteBuffer,
        call: String
    ) throws(DockerError) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw .undecodable(call: call, reason: "\(error)")
        }
    }

    /// The engine's message for an error: `{"message": "…"}`, or whatever text came instead.
    private static func message(in body: ByteBuffer, reason: String) -> String {
        if let answer = try? JSONDecoder().decode(ErrorAnswer.self, from: body) { return answer.message }
        let text = String(buffer: body.getSlice(at: body.readerIndex, length: min(body.readableBytes, 500)) ?? body)
        return text.isEmpty ? reason : text
    }
}

/// The body of an answer that isn't a success.
private struct ErrorAnswer: Decodable {
    let message: String
}
