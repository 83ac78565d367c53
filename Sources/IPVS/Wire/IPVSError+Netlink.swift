import Glibc
import Netlink

extension IPVSError {
    /// The error for a failed read.
    init(_ failure: NetlinkFailure) {
        switch failure {
        case .familyMissing: self = .moduleNotLoaded
        case .refused(EPERM, _), .refused(EACCES, _): self = .notPermitted
        case .refused(let code, let message): self = .refused(code: code, message: message)
        case .interrupted(let attempts): self = .interrupted(attempts: attempts)
        case .noReply: self = .noReply
        case .malformed(let found): self = .malformedReply(found)
        case .system(let call, let code): self = .socket(call: call, code: code)
        }
    }

    /// The error for a failed operation.
    ///
    /// The meaning of each errno is in the kernel's `ip_vs_genl_set_cmd`.
    init(_ failure: NetlinkFailure, of operation: IPVSOperation) {
        switch (failure, operation) {
        case (.refused(ESRCH, _), _):
            self = .noSuchService(operation.service)
        case (.refused(EEXIST, _), .addService(let service)):
            self = .serviceExists(service.identity)
        case (.refused(EEXIST, _), .addDestination(let destination, let service)):
            self = .destinationExists(destination.identity, of: service)
        case (.refused(ENOENT, _), .editDestination(let destination, let service)):
            self = .noSuchDestination(destination.identity, of: service)
        case (.refused(ENOENT, _), .removeDestination(let destination, let service)):
            self = .noSuchDestination(destination, of: service)
        case (.refused(ENOENT, _), .addService(let service)), (.refused(ENOENT, _), .editService(let service)):
            if let engine = service.persistence?.engine {
                self = .noSuchSchedulerOrEngine(service.scheduler, engine: engine)
            } else {
                self = .noSuchScheduler(service.scheduler)
            }
        default:
            self.init(failure)
        }
    }
}
