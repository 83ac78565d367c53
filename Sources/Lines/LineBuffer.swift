package import NIOCore

/// Cuts a stream of chunks into lines; neither are chunks whole lines, nor lines whole chunks.
///
/// Lines come without their ends, which are a line feed or a carriage return with one.
package struct LineBuffer {
    /// A line has more bytes than are accepted.
    package struct LineTooLong: Error, Hashable {
        /// How many are.
        package let longest: Int
    }

    private let longest: Int
    private var buffer = ByteBuffer()
    /// How many of the readable bytes are known to hold no line feed.
    private var searched = 0

    /// - Parameter longest: The most bytes that a line may have, its line feed aside.
    package init(longest: Int) {
        self.longest = longest
    }

    /// Takes what has come.
    package mutating func append(_ chunk: ByteBuffer) {
        // A long line leaves a large buffer behind; it isn't held on to once it has been read.
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

    /// The next complete line, or as many bytes of a longer one as a line may have; nil until more bytes come.
    package mutating func nextOrPart() -> ByteBuffer? {
        if let length = lengthOfNext() { return take(length) }
        guard searched > longest else { return nil }
        searched = 0
        return buffer.readSlice(length: longest)
    }

    /// What is left at the end of the stream: a line without an end; nil when there is none.
    package mutating func finish() -> ByteBuffer? {
        defer { (buffer, searched) = (ByteBuffer(), 0) }
        return buffer.readableBytes == 0 ? nil : Self.trimmed(buffer)
    }

    /// The bytes up to the next line feed, if it comes within the longest line.
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
