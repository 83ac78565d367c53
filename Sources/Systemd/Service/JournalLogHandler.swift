import CSystemd
import Glibc
package import Logging

/// Logs to the journal with its fields (sd_journal_sendv(3)); to the standard error in lines, when that isn't the journal.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let isJournal: Bool

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's label; not shown, as the journal knows the program.
    ///   - isJournal: Whether to use the journal; nil finds out.
    package init(label: String, isJournal: Bool? = nil) {
        self.isJournal = isJournal ?? Self.isStandardErrorJournal
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        // The nearest wins: the event's own, then the logger's, then the task's.
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if isJournal {
            Self.send(JournalFields(event, metadata: all).fields)
        } else {
            Self.print(JournalFields.line(event, metadata: all))
        }
    }

    /// systemd tells device and inode of the journal's stream in JOURNAL_STREAM; a redirected standard error is another.
    private static var isStandardErrorJournal: Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }

    private static func send(_ fields: [String]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in fields {
            bytes += field.utf8
            ends.append(bytes.count)
        }
        bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: buffer.baseAddress?.advanced(by: start), iov_len: end - start)
            }
            sd_journal_sendv(vectors, CInt(vectors.count))
        }
    }

    /// One write per line, so that lines of several threads don't mix.
    private static func print(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
