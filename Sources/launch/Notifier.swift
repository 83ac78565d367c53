import CLaunch

/// Notifies systemd about the unit's state (sd_notify(3)); has no effect outside of a unit of `Type=notify`.
struct Notifier {
    private let socket: Bytes?
    private var isReady = false
    private var status: Bytes = []

    /// `socket` is the variable NOTIFY_SOCKET.
    init(socket: Bytes?) {
        self.socket = socket
    }

    /// The unit's start is complete.
    ///
    /// Only the first call counts.
    mutating func ready() {
        if isReady { return }
        isReady = true
        send(Bytes("READY=1"))
    }

    /// The line that `systemctl status` shows.
    mutating func show(status text: Bytes) {
        if text == status { return }
        status = text
        send(Bytes("STATUS=") + text)
    }

    func stopping() {
        send(Bytes("STOPPING=1"))
    }

    private func send(_ message: Bytes) {
        guard let socket else { return }
        // Like sd_notify, this waits while the service manager is busy, for example reloading its units.
        _ = socket.withCString { path in
            message.withUnsafeBytes { buffer in launch_notify(path, socket.count, buffer.baseAddress, buffer.count) }
        }
    }
}
