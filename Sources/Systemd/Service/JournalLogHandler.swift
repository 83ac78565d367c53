import Glibc
package import Logging

/// Logs to the journal with fields (sd_journal_sendv(3)), or in lines to the standard error if that isn't the journal.
package struct JournalLogHandler: LogHandler {
    /// The process's threshold, unless this logger has a level of its own.
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
    ///   - label: The logger's label, which isn't shown, because the journal knows the program.
    ///   - threshold: The lowest level that is logged.
    ///   - isJournal: Whether to use the journal; nil to find out.
    ///   - writer: Writes the entries, without making the caller wait.
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
        // The event's own metadata win over the logger's, and these over the task's.
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if isJournal {
            writer.write(.fields(JournalFields(event, metadata: all).fields))
        } else {
            writer.write(.line(JournalFields.line(event, metadata: all)))
        }
    }

    /// Whether the standard error is the journal's stream, whose device and inode are in JOURNAL_STREAM.
    private static var isStandardErrorJournal: Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }
}
