import Glibc
package import Logging

/// Logs to the journal with its fields (sd_journal_sendv(3)); to the standard error in lines, when that isn't the journal.
package struct JournalLogHandler: LogHandler {
    /// The process's threshold, unless one logger was given a level of its own.
    package var logLevel: Logger.Level {
        get { own ?? threshold.level }
        set { own = newValue }
    }
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private var own: Logger.Level?
    private let threshold: LogThreshold
    private let isJournal: Bool
    private let writer: LogWriter

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's label; not shown, as the journal knows the program.
    ///   - threshold: How much is logged.
    ///   - isJournal: Whether to use the journal; nil finds out.
    ///   - writer: What writes; it never makes the caller wait.
    package init(
        label: String,
        threshold: LogThreshold = LogThreshold(),
        isJournal: Bool? = nil,
        writer: LogWriter = .shared
    ) {
        self.threshold = threshold
        self.isJournal = isJournal ?? Self.isStandardErrorJournal
        self.writer = writer
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
            writer.write(.fields(JournalFields(event, metadata: all).fields))
        } else {
            writer.write(.line(JournalFields.line(event, metadata: all)))
        }
    }

    /// systemd tells device and inode of the journal's stream in JOURNAL_STREAM; a redirected standard error is another.
    private static var isStandardErrorJournal: Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }
}
