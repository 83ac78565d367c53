package import Logging
package import ServiceModel

/// The keys of a log line's metadata.
///
/// The journal shows them as fields: `service.id` as `SERVICE_ID`.
package enum LogKey: String, Sendable {
    case service = "service.id"
    case revision = "service.revision"
    case instance = "instance.id"
    case container = "container.id"
    case address = "service.address"
    case destination
    case phase
    case exitCode = "exit.code"
    case path
    case action
    case error
}

extension Logger {
    package func notice(_ message: String, _ metadata: [LogKey: String]) { log(.notice, message, metadata) }
    package func info(_ message: String, _ metadata: [LogKey: String]) { log(.info, message, metadata) }
    package func warning(_ message: String, _ metadata: [LogKey: String]) { log(.warning, message, metadata) }
    package func error(_ message: String, _ metadata: [LogKey: String]) { log(.error, message, metadata) }

    /// Logs a message that is built only at this level.
    package func debug(_ message: @autoclosure () -> String, of service: ServiceID) {
        guard logLevel <= .debug else { return }
        log(.debug, message(), [.service: "\(service)"])
    }

    private func log(_ level: Logger.Level, _ message: String, _ metadata: [LogKey: String]) {
        let pairs = metadata.map { ($0.key.rawValue, Logger.MetadataValue.string($0.value)) }
        log(level: level, "\(message)", metadata: Logger.Metadata(pairs) { first, _ in first })
    }
}
