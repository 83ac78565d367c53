import CSystemd
import Glibc

/// Notifies systemd about this service (sd_notify(3)).
///
/// Without NOTIFY_SOCKET, for example in the foreground, no call has an effect.
package struct ServiceNotifier: Sendable {
    package init() {}

    /// The service has started.
    package func ready() { send("READY=1") }

    /// The line that `systemctl status` shows.
    ///
    /// - Parameter text: One line. Line breaks are replaced by spaces, because each line is a message of its own.
    package func status(_ text: String) {
        send("STATUS=" + String(text.map { $0.isNewline ? " " : $0 }))
    }

    /// The service is about to end.
    package func stopping() { send("STOPPING=1") }

    /// The service reloads its configuration, until it calls `ready()`.
    package func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service is alive.
    package func watchdog() { send("WATCHDOG=1") }

    /// The time within which `watchdog()` must be called.
    ///
    /// Call it twice as often.
    ///
    /// - Returns: The time; nil if systemd doesn't watch this process.
    package func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(microseconds)
    }

    private func send(_ message: String) { sd_notify(0, message) }
}
