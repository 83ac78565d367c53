import Logging
import Synchronization

/// What was logged: level and message.
final class RecordedLog: Sendable {
    private let written = Mutex<[String]>([])
    private let onLine: @Sendable (String) -> Void

    /// - Parameter onLine: Called with each line while it is written.
    init(_ onLine: @escaping @Sendable (String) -> Void = { _ in }) { self.onLine = onLine }

    var lines: [String] { written.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    fileprivate func add(_ line: String) {
        written.withLock { $0.append(line) }
        onLine(line)
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.add("\(event.level) \(event.message)") }
    }
}
