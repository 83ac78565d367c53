import CLaunch

/// What is on its way to the standard output and error.
///
/// Nothing is dropped and nothing blocks: while the journal doesn't take more, `isBlocked`, and no container's output
/// is read.
struct Output {
    static let standardOutput: Int32 = 1
    static let standardError: Int32 = 2

    private var bytes: Bytes = []
    /// Whose the bytes are, in order: `count` of them for `descriptor`.
    private var segments: [(descriptor: Int32, count: Int)] = []
    private var written = 0

    /// The errno of a write that failed for good.
    private(set) var failure: Int32?

    var isEmpty: Bool { segments.isEmpty }

    /// The descriptor that has to become writable first.
    var blockedDescriptor: Int32? { segments.first?.descriptor }

    /// Adds a line, and its end.
    mutating func append(line: ArraySlice<UInt8>, to descriptor: Int32) {
        bytes.append(contentsOf: line)
        bytes.append(UInt8(ascii: "\n"))
        if let last = segments.last, last.descriptor == descriptor {
            segments[segments.count - 1].count = last.count + line.count + 1
        } else {
            segments.append((descriptor, line.count + 1))
        }
    }

    /// Writes what the descriptors take now.
    mutating func flush() {
        while let segment = segments.first {
            let count = bytes.withUnsafeBytes { buffer in
                launch_write(segment.descriptor, buffer.baseAddress.unsafelyUnwrapped + written, segment.count)
            }
            if count == systemWouldBlock { return }
            if count < 0 { failure = Int32(-count) }
            // After a failure the rest is given up: nobody will ever take it, and the containers' pipes must not fill up.
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
}
