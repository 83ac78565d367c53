import CSystemd
import Glibc

/// Tells systemd about this service (sd_notify(3)).
///
/// Without NOTIFY_SOCKET, as in the foreground, every call does nothing.
package struct ServiceNotifier: Sendable {
    package init() {}

    /// The service has started.
    package func ready() { send("READY=1") }

    /// The line that `systemctl status` shows.
    ///
    /// - Parameter text: One line; further lines would be further messages, so their ends become blanks.
    package func status(_ text: String) {
        send("STATUS=" + String(text.map { $0.isNewline ? " " : $0 }))
    }

    /// The service is about to end.
    package func stopping() { send("STOPPING=1") }

    /// The service reads its configuration again; `ready()` ends that.
    package func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service is alive.
    package func watchdog() { send("WATCHDOG=1") }

    /// Within what time `watchdog()` has to be called; twice as often is right.
    ///
    /// - Returns: nil if systemd doesn't watch this process.
    package func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(microseconds)
    }

    private func send(_ message: String) { sd_notify(0, message) }
}
