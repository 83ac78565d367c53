import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import PercentEncoding

extension DockerClient {
    /// The last lines that a container wrote to its standard output and error, oldest first.
    ///
    /// Lines are split at 16 KiB; bytes that aren't UTF-8 are replaced.
    ///
    /// - Parameters:
    ///   - id: The container, which may have exited.
    ///   - tail: The maximum number of lines.
    /// - Returns: The lines without their ends.
    /// - Throws: `isNotFound` if there is no such container.
    package func logs(_ id: String, tail: Int) async throws(DockerError) -> [String] {
        let tail = max(tail, 0)
        let query = [(name: "stdout", value: "1"), ("stderr", "1"), ("tail", "\(tail)")]
        let call = Call(.GET, "/containers/\(id.percentEncoded)/logs", query: query)
        return try await TimeLimit.run(call.name, limits.logs) { (_) async throws(DockerError) in
            let response = try await send(call, prefix: try await versionPrefix(), on: calls)
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
    }

    /// Reads what a container writes, line by line, until it ends.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - tail: How many past lines come first.
    ///   - handle: Called for each line, oldest first.
    /// - Throws: A `DockerError`, which `isNotFound` if there is no such container; and what `handle` throws.
    package func followLogs(_ id: String, tail: Int, _ handle: @Sendable (String) async throws -> Void) async throws {
        let query = [(name: "stdout", value: "1"), ("stderr", "1"), ("follow", "1"), ("tail", "\(max(tail, 0))")]
        let call = Call(.GET, "/containers/\(id.percentEncoded)/logs", query: query)
        let prefix = try await versionPrefix()
        let response = try await send(call, prefix: prefix, on: streams, headLimit: limits.query)
        var demultiplexer = LogDemultiplexer()
        var body = response.body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await body.next()
            } catch {
                throw translate(error, call: call, limit: nil, hasHead: true)
            }
            guard let chunk else { break }
            for line in demultiplexer.append(chunk) { try await handle(line) }
        }
        for line in demultiplexer.finish() { try await handle(line) }
    }
}
