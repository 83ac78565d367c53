import Glibc

extension IPVSError {
    /// Whether the same call may succeed later although nothing is changed.
    public var isTransient: Bool {
        switch self {
        case .unknownOutcome, .interrupted, .noReply: true
        case .refused(let code, _), .socket(_, let code): Self.transientCodes.contains(code)
        case .moduleNotLoaded, .notPermitted, .noSuchService, .serviceExists, .noSuchDestination, .destinationExists,
            .noSuchScheduler, .noSuchSchedulerOrEngine, .invalidValue, .malformedReply:
            false
        }
    }

    private static let transientCodes: Set<Int32> = [EAGAIN, EBUSY, EINTR, ENOBUFS, ENOMEM, ETIMEDOUT]
}

extension IPVSError: CustomStringConvertible {
    /// What was found, and what to do next.
    public var description: String {
        switch self {
        case .moduleNotLoaded:
            "the kernel has no IPVS: run `modprobe ip_vs`, and add ip_vs to /etc/modules-load.d to load it at boot"
        case .notPermitted:
            "not permitted: IPVS needs root, or CAP_NET_ADMIN, in its network namespace"
        case .noSuchService(let service):
            "there is no virtual service \(service)"
        case .serviceExists(let service):
            "the virtual service \(service) already exists"
        case .noSuchDestination(let destination, let service):
            "the virtual service \(service) has no destination \(destination)"
        case .destinationExists(let destination, let service):
            "the virtual service \(service) already has a destination \(destination)"
        case .noSuchScheduler(let scheduler):
            "the kernel has no scheduler \"\(scheduler)\": try `modprobe ip_vs_\(scheduler)`, or choose another one"
        case .noSuchSchedulerOrEngine(let scheduler, let engine):
            "the kernel has no scheduler \"\(scheduler)\" or no persistence engine \"\(engine)\": "
                + "try `modprobe ip_vs_\(scheduler)` and `modprobe ip_vs_pe_\(engine)`"
        case .invalidValue(let field, let found, let expected):
            "\(field): expected \(expected), found \(found)"
        case .refused(let code, let message):
            "the kernel refused: \(Self.name(of: code))" + (message.map { " (\($0))" } ?? "")
        case .unknownOutcome:
            "the kernel's answer was lost, so it isn't known whether the change was made: read the table to find out"
        case .interrupted(let attempts):
            "the table changed during each of \(attempts) readings: try again when fewer changes are made"
        case .noReply:
            "the kernel didn't answer: try again"
        case .malformedReply(let found):
            "expected an IPVS reply, found \(found): the kernel's interface may be newer than this program"
        case .socket(let call, let code):
            "the netlink socket failed: \(call): \(Self.name(of: code))"
        }
    }

    private static func name(of code: Int32) -> String {
        "\(String(cString: strerror(code))) (errno \(code))"
    }
}
