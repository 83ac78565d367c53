import AsyncHTTPClient
import Lines
package import NIOCore

/// The lines of a streamed answer, without their line feeds.
package struct ControlLines: AsyncSequence {
    /// The most bytes that a line may have.
    static let maximumLineSize = 16 << 20

    let body: HTTPClientResponse.Body
    let socket: String

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), socket: socket)
    }

    /// Reads one line after the other.
    package struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPClientResponse.Body.AsyncIterator
        let socket: String
        private var lines = LineBuffer(longest: ControlLines.maximumLineSize)
        private var isAtEnd = false

        init(body: HTTPClientResponse.Body.AsyncIterator, socket: String) {
            self.body = body
            self.socket = socket
        }

        /// The next line; nil at the end of the answer.
        package mutating func next() async throws(ControlError) -> ByteBuffer? {
            while true {
                if let line = try complete() { return line }
                guard !isAtEnd, let more = try await chunk() else {
                    isAtEnd = true
                    return lines.finish()
                }
                lines.append(more)
            }
        }

        private mutating func complete() throws(ControlError) -> ByteBuffer? {
            do {
                return try lines.next()
            } catch {
                throw .unreadable(found: "a line of more than \(error.longest) bytes")
            }
        }

        private mutating func chunk() async throws(ControlError) -> ByteBuffer? {
            do {
                return try await body.next(isolation: #isolation)
            } catch {
                throw ControlError(error, socket: socket, timeout: .zero)
            }
        }
    }
}
