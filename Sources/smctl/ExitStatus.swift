import ControlAPI

/// What smctl tells its caller.
///
/// The numbers are part of its interface.
package enum ExitStatus: Int32, Sendable {
    case ok = 0
    case internalError = 1
    /// Wrong arguments, or a name that isn't known.
    case usage = 2
    /// A shown service is degraded or failed.
    case needsAttention = 3
    /// service-managerd can't be reached.
    case unreachable = 4
    case timedOut = 5
    /// The definition is invalid.
    case invalid = 6

    /// What an error of the control socket means to the caller.
    init(_ error: ControlError) {
        switch error {
        case .unreachable, .permissionDenied, .rootOnly: self = .unreachable
        case .timedOut: self = .timedOut
        case .refused(404, _), .refused(400, _), .refused(409, _): self = .usage
        case .refused, .unreadable, .cancelled: self = .internalError
        }
    }
}
