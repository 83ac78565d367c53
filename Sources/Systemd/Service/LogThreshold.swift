package import Logging
import Synchronization

/// The lowest level that is logged, which all loggers of a process share, and which may change while it runs.
package final class LogThreshold: Sendable {
    private let configured: Logger.Level
    private let current: Mutex<Logger.Level>

    /// Makes a threshold.
    ///
    /// - Parameter level: The configured level.
    package init(_ level: Logger.Level = .info) {
        configured = level
        current = Mutex(level)
    }

    /// The lowest level that is logged now.
    package var level: Logger.Level { current.withLock { $0 } }

    /// Switches from the configured level to `debug`, and back; or from a configured `debug` to `info`, and back.
    ///
    /// - Returns: The level from now on.
    package func toggle() -> Logger.Level {
        let other: Logger.Level = configured <= .debug ? .info : .debug
        return current.withLock { level in
            level = level == configured ? other : configured
            return level
        }
    }
}
