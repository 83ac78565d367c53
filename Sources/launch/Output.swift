import CLaunch

/// Data that waits for the standard output and error.
///
/// Nothing is dropped, and nothing blocks: while the journal accepts no more, data waits here, and no container's output is
/// read.
struct Output {
    static let standardOutput: Int32 = 1
    static let standardError: Int32 = 2

    /// Bytes with the same destination.
    private struct Segment {
        let stream: Int32
        var count: Int
        /// How many of the bytes are the fields of an entry; nil for text for the stream.
        var entryHead: Int?
    }

    private var bytes: Bytes = []
    /// The segments of the bytes, in order.
    private var segments: [Segment] = []
    private var written = 0
    private var journal: JournalSocket

    /// The errno of a write that failed for good.
    private(set) var failure: Int32?

    init(journal: JournalSocket) {
        self.journal = journal
    }

    var isEmpty: Bool { segments.isEmpty }

    /// The descriptor that must become writable first.
    var blockedDescriptor: Int32? {
        guard let first = segments.first else { return nil }
        return first.entryHead == nil || journal.descriptor < 0 ? first.stream : journal.descriptor
    }

    /// Whether this process can end without loss.
    mutating func isDone() -> Bool { segments.isEmpty && journal.isDone() }

    /// Adds a line and a line feed.
    mutating func append(line: ArraySlice<UInt8>, to stream: Int32) {
        bytes.append(contentsOf: line)
        bytes.append(UInt8(ascii: "\n"))
        if let last = segments.last, last.stream == stream, last.entryHead == nil {
            segments[segments.count - 1].count = last.count + line.count + 1
        } else {
            segments.append(Segment(stream: stream, count: line.count + 1))
        }
    }

    /// Adds a line with journal fields, each with a line feed; or only the line, if the stream isn't the journal's.
    mutating func append(line: ArraySlice<UInt8>, fields: Bytes, to stream: Int32) {
        guard journal.takes(linesTo: stream) else { return append(line: line, to: stream) }
        let start = bytes.count
        let head = JournalSocket.append(line, fields, to: &bytes)
        segments.append(Segment(stream: stream, count: bytes.count - start, entryHead: head))
    }

    /// Writes what the descriptors accept now.
    mutating func flush() {
        while let segment = segments.first {
            let count = write(segment)
            if count == systemWouldBlock { return }
            if count < 0, let head = segment.entryHead {
                // As text in the journal's stream, which is open as long as this process runs.
                written += head
                segments[0].count -= head
                segments[0].entryHead = nil
                continue
            }
            if count < 0 { failure = Int32(-count) }
            // After a failure the rest is dropped: it can't be written any more, and the containers' pipes must not fill up.
            let done = count < 0 ? segment.count : count
            written += done
            if done == segment.count {
                segments.removeFirst()
            } else {
                segments[0].count -= done
            }
        }
        written = 0
        bytes.removeAll(keepingCapacity: bytes.count <= 16384)
    }

    /// Writes the next segment; returns the number of written bytes, or a negative errno.
    private mutating func write(_ segment: Segment) -> Int {
        let bytes = self.bytes
        let start = written
        return bytes.withUnsafeBytes { buffer in
            let next = buffer.baseAddress.unsafelyUnwrapped + start
            guard segment.entryHead != nil else { return launch_write(segment.stream, next, segment.count) }
            return journal.send(next, segment.count)
        }
    }
}
