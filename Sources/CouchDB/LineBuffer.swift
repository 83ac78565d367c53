import NIOCore

/// Cuts a stream of chunks into lines; neither are chunks whole lines, nor lines whole chunks.
struct LineBuffer {
    /// A line has more bytes than are accepted.
    struct LineTooLong: Error {}

    private let maximumLength: Int
    private var buffer = ByteBuffer()
    /// How many of the readable bytes are known to hold no line feed.
    private var searched = 0

    init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    mutating func append(_ chunk: ByteBuffer) {
        buffer.writeImmutableBuffer(chunk)
    }

    /// The next complete line without its line feed, or nil until more bytes come.
    mutating func next() throws(LineTooLong) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let lineFeed = view.dropFirst(searched).firstIndex(of: 0x0A) else {
            searched = view.count
            if searched > maximumLength { throw LineTooLong() }
            return nil
        }
        let length = lineFeed - view.startIndex
        guard length <= maximumLength else { throw LineTooLong() }
        let line = buffer.readBytes(length: length)
        buffer.moveReaderIndex(forwardBy: 1)
        searched = 0
        // A long line leaves a large buffer behind; without this, the feed would hold on to it.
        if buffer.readableBytes == 0 { buffer = ByteBuffer() } else { buffer.discardReadBytes() }
        return line
    }
}
