import Glibc

/// Why a request to systemd failed.
package enum SystemdError: Error, Equatable {
    /// The system bus can't be reached, or the connection to it broke.
    ///
    /// - Parameters:
    ///   - operation: The operation, for example "StartUnit web@manager.service".
    ///   - errno: The positive error number.
    case busUnavailable(operation: String, errno: CInt)

    /// The bus, or systemd, answered with an error.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - name: The D-Bus error's name, for example "org.freedesktop.systemd1.NoSuchUnit".
    ///   - message: The error's text.
    case refused(operation: String, name: String, message: String)

    /// An answer doesn't have the form that org.freedesktop.systemd1(5) describes.
    case malformed(operation: String)

    /// systemd was re-executed, or the bus restarted, while a job was awaited: its result is unknown.
    case jobLost(operation: String)

    /// The task was cancelled while a job was awaited; the job continues.
    case cancelled(operation: String)

    /// A call to the service manager's notification or descriptor interface failed.
    case notification(operation: String, errno: CInt)

    /// Whether the same call may succeed later although no person acts.
    package var isTransient: Bool {
        switch self {
        case .busUnavailable, .jobLost: true
        case .refused(_, let name, _): Self.transientNames.contains(name)
        case .malformed, .cancelled, .notification: false
        }
    }

    /// Whether systemd doesn't know the unit.
    package var isNoSuchUnit: Bool {
        guard case .refused(_, let name, _) = self else { return false }
        return name == "org.freedesktop.systemd1.NoSuchUnit"
    }

    /// Error names for states that pass: systemd or the bus is busy, restarting, or not started yet.
    private static let transientNames: Set<String> = [
        "org.freedesktop.DBus.Error.Disconnected",
        "org.freedesktop.DBus.Error.LimitsExceeded",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.NoReply",
        "org.freedesktop.DBus.Error.NoServer",
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.Timeout",
        "org.freedesktop.systemd1.ShuttingDown",
        "org.freedesktop.systemd1.TransactionIsDestructive",
    ]
}

extension SystemdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .busUnavailable(let operation, let errno):
            """
            \(operation): the system bus doesn't answer (\(Self.text(errno))); it is tried again. \
            See: systemctl status dbus
            """
        case .refused(let operation, let name, let message):
            "\(operation): \(message.isEmpty ? name : Self.withoutPeriod(message))\(hint)"
        case .malformed(let operation):
            "\(operation): systemd's answer isn't what org.freedesktop.systemd1(5) describes; expected systemd 247 or later"
        case .jobLost(let operation):
            "\(operation): systemd or the bus restarted meanwhile, so the job's result is unknown; check the unit's state"
        case .cancelled(let operation):
            "\(operation): no longer awaited; the job continues"
        case .notification(let operation, let errno):
            "\(operation): \(Self.text(errno)); expected to run as a systemd service of Type=notify"
        }
    }

    private var hint: String {
        guard case .refused(_, let name, _) = self else { return "" }
        return switch name {
        case "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired":
            ". Only root may manage units"
        case "org.freedesktop.systemd1.NoSuchUnit": ". Run systemctl daemon-reload if its file is new"
        case "org.freedesktop.systemd1.UnitMasked": ". Run systemctl unmask to unmask it"
        default: ""
        }
    }

    private static func withoutPeriod(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }

    private static func text(_ errno: CInt) -> String { String(cString: strerror(errno)) }
}
