package import Logging
import Synchronization

/// How much is logged: shared by all loggers of a process, and changed while it runs.
package final class LogThreshold: Sendable {
    private let configured: Logger.Level
    private let current: Mutex<Logger.Level>

    /// Makes a threshold.
    ///
    /// - Parameter level: What is logged at first, and again after a look at the details.
    package init(_ level: Logger.Level = .info) {
        configured = level
        current = Mutex(level)
    }

    /// The lowest level that is logged now.
    package var level: Logger.Level { current.withLock { $0 } }

    /// From the configured level to `debug`, and back; from a configured `debug` to `info`, and back.
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
