import CLaunch

/// Sends journal entries with their own fields, in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one
/// datagram each.
struct JournalSocket {
    /// Whether the standard output and error are the journal's, by their descriptors.
    private let isJournal: (output: Bool, error: Bool)
    private let path: Bytes
    private(set) var descriptor: Int32 = -1
    /// Whether a datagram was sent, but no barrier after it.
    private var isBarrierDue = false

    /// - Parameters:
    ///   - stream: The variable JOURNAL_STREAM, which identifies the journal's stream (systemd.exec(5)); nil for none.
    ///   - path: The path of journald's socket; nil for the usual one.
    init(stream: Bytes?, path: Bytes?) {
        self.path = path ?? Bytes("/run/systemd/journal/socket")
        func isJournal(_ descriptor: Int32) -> Bool {
            guard let stream else { return false }
            return stream.withCString { text in launch_is_stream(descriptor, text) } != 0
        }
        self.isJournal = (isJournal(Output.standardOutput), isJournal(Output.standardError))
    }

    /// Whether lines to a descriptor can be entries; connects if necessary.
    mutating func takes(linesTo stream: Int32) -> Bool {
        guard stream == Output.standardError ? isJournal.error : isJournal.output else { return false }
        if descriptor < 0 { connect() }
        return descriptor >= 0
    }

    /// Appends an entry, its text last.
    ///
    /// A priority before the text, such as `<3>`, becomes the entry's (sd-daemon(3)), as in the journal's stream. Without one
    /// it is 6, informational.
    ///
    /// - Returns: How many bytes come before the text.
    static func append(_ line: ArraySlice<UInt8>, _ fields: Bytes, to bytes: inout Bytes) -> Int {
        let start = bytes.count
        var text = line
        var priority = UInt8(ascii: "6")
        if text.count >= 3, text[text.startIndex] == UInt8(ascii: "<"), text[text.startIndex + 2] == UInt8(ascii: ">"),
            (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(text[text.startIndex + 1])
        {
            priority = text[text.startIndex + 1]
            text = text.dropFirst(3)
        }
        bytes.append(contentsOf: fields)
        bytes += "PRIORITY="
        bytes.append(priority)
        bytes += "\nMESSAGE="
        let head = bytes.count - start
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "\n"))
        return head
    }

    /// Sends a datagram; returns its size, -EAGAIN while the journal accepts none, or another negative errno.
    mutating func send(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        var sent = descriptor < 0 ? Int(systemConnectionRefused) : launch_send(descriptor, bytes, count)
        if sent < 0, sent != systemWouldBlock {
            // journald's socket was recreated.
            connect()
            if descriptor >= 0 { sent = launch_send(descriptor, bytes, count) }
        }
        if sent >= 0 { isBarrierDue = true }
        return sent
    }

    /// Whether the journal has processed all entries.
    ///
    /// journald finds a sender's unit by its process. An entry whose process has ended by then is missing from `journalctl -u`.
    /// An empty entry is received only after those before it have been processed.
    mutating func isDone() -> Bool {
        guard descriptor >= 0 else { return true }
        if isBarrierDue {
            let barrier: Bytes = [UInt8(ascii: "\n")]
            let sent = barrier.withUnsafeBytes { buffer in launch_send(descriptor, buffer.baseAddress, buffer.count) }
            if sent == systemWouldBlock { return false }
            isBarrierDue = false
        }
        return launch_pending(descriptor) <= 0
    }

    private mutating func connect() {
        if descriptor >= 0 { launch_close(descriptor) }
        descriptor = path.withCString { name in launch_connect_datagrams(name, path.count) }
    }
}
