/// Why the kernel's tables couldn't be read or changed.
public enum IPVSError: Error, Hashable, Sendable {
    /// The kernel has no IPVS, or hasn't loaded it.
    case moduleNotLoaded
    /// The process may not do this in its network namespace (`EPERM`).
    case notPermitted
    /// There is no such virtual service (`ESRCH`).
    case noSuchService(VirtualService.Identity)
    /// There is such a virtual service already (`EEXIST`).
    case serviceExists(VirtualService.Identity)
    /// The virtual service has no such destination (`ENOENT`).
    case noSuchDestination(Destination.Identity, of: VirtualService.Identity)
    /// The virtual service has such a destination already (`EEXIST`).
    case destinationExists(Destination.Identity, of: VirtualService.Identity)
    /// The kernel has no such scheduler (`ENOENT` for a virtual service).
    case noSuchScheduler(Scheduler)
    /// The kernel has no such scheduler, or no such persistence engine (`ENOENT` for a service that names both).
    case noSuchSchedulerOrEngine(Scheduler, engine: String)
    /// A value that the kernel has no room for; nothing was sent.
    case invalidValue(field: String, found: String, expected: String)
    /// The kernel refused for another reason.
    case refused(code: Int32, message: String?)
    /// The kernel's answer was lost: it may have done what was asked, or not. Read the tables to find out.
    case unknownOutcome
    /// The tables changed all the time while they were read.
    case interrupted(attempts: Int)
    /// The kernel didn't answer a question in time.
    case noReply
    /// An answer that isn't what this kernel interface answers.
    case malformedReply(String)
    /// A system call for the netlink socket failed.
    case socket(call: String, code: Int32)
}
