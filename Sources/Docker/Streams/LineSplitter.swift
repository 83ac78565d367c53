import NIOCore

/// Cuts a stream of bytes into lines, wherever its chunks happen to end.
struct LineSplitter {
    private var partial = ByteBuffer()
    private let longest: Int

    /// - Parameter longest: The most bytes that a line may have. What continues without an end is cut into such lines.
    init(longest: Int) {
        self.longest = longest
    }

    /// The lines that are complete with this chunk, without their ends.
    mutating func append(_ chunk: ByteBuffer) -> [ByteBuffer] {
        var chunk = chunk
        var lines: [ByteBuffer] = []
        while chunk.readableBytes > 0 {
            let room = longest - partial.readableBytes
            let view = chunk.readableBytesView.prefix(room + 1)
            if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
                if var rest = chunk.readSlice(length: end - view.startIndex) { partial.writeBuffer(&rest) }
                chunk.moveReaderIndex(forwardBy: 1)
                lines.append(take())
            } else {
                let count = min(room, chunk.readableBytes)
                if var part = chunk.readSlice(length: count) { partial.writeBuffer(&part) }
                if chunk.readableBytes > 0 { lines.append(take()) }
            }
        }
        return lines
    }

    /// What is left at the end of the stream: a line without an end, if any.
    mutating func finish() -> ByteBuffer? {
        partial.readableBytes > 0 ? take() : nil
    }

    private mutating func take() -> ByteBuffer {
        defer { partial = ByteBuffer() }
        if partial.readableBytesView.last == UInt8(ascii: "\r") {
            return partial.getSlice(at: partial.readerIndex, length: partial.readableBytes - 1) ?? partial
        }
        return partial
    }
}
