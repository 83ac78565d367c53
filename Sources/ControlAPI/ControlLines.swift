import AsyncHTTPClient
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
        private var pending = ByteBuffer()
        private var isAtEnd = false

        init(body: HTTPClientResponse.Body.AsyncIterator, socket: String) {
            self.body = body
            self.socket = socket
        }

        /// The next line; nil at the end of the answer.
        package mutating func next() async throws(ControlError) -> ByteBuffer? {
            var searched = 0
            while true {
                let view = pending.readableBytesView.dropFirst(searched)
                if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = pending.readSlice(length: end - pending.readerIndex)
                    pending.moveReaderIndex(forwardBy: 1)
                    return line
                }
                searched = pending.readableBytes
                guard searched <= ControlLines.maximumLineSize else {
                    throw .unreadable(found: "a line of more than \(ControlLines.maximumLineSize) bytes")
                }
                guard !isAtEnd, var more = try await chunk() else {
                    isAtEnd = true
                    return searched == 0 ? nil : pending.readSlice(length: searched)
                }
                pending.discardReadBytes()
                pending.writeBuffer(&more)
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
