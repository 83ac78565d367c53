/// What went wrong between us and the daemon.
package enum ControlError: Error, Hashable {
    /// Nothing listens on the socket, or the connection broke.
    case unreachable(socket: String, reason: String)
    /// The socket may not be opened.
    case permissionDenied(socket: String)
    /// A verb that changes something was asked for by somebody who may not open the socket, and so isn't root.
    case rootOnly(OperatorVerb)
    /// The daemon understood, and says no.
    case refused(status: UInt, problem: ControlProblem)
    /// The answer isn't what this daemon answers.
    case unreadable(found: String)
    /// No answer came within the time that a request may take.
    case timedOut(after: Duration)
    /// The task was cancelled: an outcome, nothing to report.
    case cancelled

    /// Whether trying again may help without anyone doing anything.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .timedOut: true
        case .refused(let status, _): status >= 500
        case .permissionDenied, .rootOnly, .unreadable, .cancelled: false
        }
    }

    /// What it means where something was to be changed: the group that may read is no help then.
    ///
    /// - Parameter verb: What was asked for.
    /// - Returns: The error to show.
    package func whenChanging(with verb: OperatorVerb) -> Self {
        if case .permissionDenied = self { .rootOnly(verb) } else { self }
    }
}

extension ControlError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let socket, let reason):
            "cannot reach service-managerd at \(socket) (\(reason)): is service-managerd running? "
                + "systemctl status service-managerd"
        case .permissionDenied(let socket):
            "permission denied at \(socket): you need group service-manager "
                + "(usermod -aG service-manager USER, then log in again)"
        case .rootOnly(let verb):
            "smctl \(verb.rawValue) changes something, and only root may: try again with sudo"
        case .refused(_, let problem):
            problem.next.map { "\(problem.error) — \($0)" } ?? problem.error
        case .unreadable(let found):
            "service-managerd's answer can't be read: \(found); "
                + "check that smctl and service-managerd have the same version"
        case .timedOut(let limit):
            "no answer from service-managerd within \(limit): systemctl status service-managerd"
        case .cancelled:
            "cancelled"
        }
    }
}
