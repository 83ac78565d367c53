package import NIOCore

/// Splits a stream of chunks into lines.
///
/// Chunks may begin and end anywhere.
///
/// Lines are returned without their ends, which are a line feed, or a carriage return and a line feed.
package struct LineBuffer {
    /// A line is longer than the limit.
    package struct LineTooLong: Error, Hashable {
        /// The limit in bytes.
        package let longest: Int
    }

    private let longest: Int
    private var buffer = ByteBuffer()
    /// How many of the readable bytes are known to contain no line feed.
    private var searched = 0

    /// - Parameter longest: The maximum length of a line in bytes, without its line feed.
    package init(longest: Int) {
        self.longest = longest
    }

    /// Takes a chunk.
    package mutating func append(_ chunk: ByteBuffer) {
        // A long line leaves a large buffer, which is freed once it has been read.
        if buffer.readableBytes == 0 {
            buffer = chunk
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(chunk)
        }
    }

    /// The next complete line; nil until more bytes come.
    ///
    /// - Throws: `LineTooLong`.
    package mutating func next() throws(LineTooLong) -> ByteBuffer? {
        guard let length = lengthOfNext() else {
            if searched > longest { throw LineTooLong(longest: longest) }
            return nil
        }
        return take(length)
    }

    /// The next complete line, or the first `longest` bytes of a longer one; nil until more bytes come.
    package mutating func nextOrPart() -> ByteBuffer? {
        if let length = lengthOfNext() { return take(length) }
        guard searched > longest else { return nil }
        searched = 0
        return buffer.readSlice(length: longest)
    }

    /// The rest at the end of the stream, which is a line without an end; nil when there is none.
    package mutating func finish() -> ByteBuffer? {
        defer { (buffer, searched) = (ByteBuffer(), 0) }
        return buffer.readableBytes == 0 ? nil : Self.trimmed(buffer)
    }

    /// The number of bytes up to the next line feed, if it comes within the limit.
    private mutating func lengthOfNext() -> Int? {
        let view = buffer.readableBytesView.prefix(longest + 1)
        if let lineFeed = view.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
            return lineFeed - view.startIndex
        }
        searched = view.count
        return nil
    }

    private mutating func take(_ length: Int) -> ByteBuffer? {
        let line = buffer.readSlice(length: length)
        buffer.moveReaderIndex(forwardBy: 1)
        searched = 0
        return line.map(Self.trimmed)
    }

    private static func trimmed(_ line: ByteBuffer) -> ByteBuffer {
        guard line.readableBytesView.last == UInt8(ascii: "\r") else { return line }
        return line.getSlice(at: line.readerIndex, length: line.readableBytes - 1) ?? line
    }
}
