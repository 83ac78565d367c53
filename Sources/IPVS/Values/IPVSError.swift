/// Why the kernel's tables couldn't be read or changed.
public enum IPVSError: Error, Hashable, Sendable {
    /// The kernel has no IPVS, or hasn't loaded it.
    case moduleNotLoaded
    /// The process isn't permitted to do this in its network namespace (`EPERM`).
    case notPermitted
    /// There is no such virtual service (`ESRCH`).
    case noSuchService(VirtualService.Identity)
    /// The virtual service already exists (`EEXIST`).
    case serviceExists(VirtualService.Identity)
    /// The virtual service has no such destination (`ENOENT`).
    case noSuchDestination(Destination.Identity, of: VirtualService.Identity)
    /// The virtual service already has this destination (`EEXIST`).
    case destinationExists(Destination.Identity, of: VirtualService.Identity)
    /// The kernel has no such scheduler (`ENOENT` for a virtual service).
    case noSuchScheduler(Scheduler)
    /// The kernel has no such scheduler, or no such persistence engine (`ENOENT` for a service that names both).
    case noSuchSchedulerOrEngine(Scheduler, engine: String)
    /// A value that the kernel can't represent; nothing was sent.
    case invalidValue(field: String, found: String, expected: String)
    /// The kernel refused for another reason.
    case refused(code: Int32, message: String?)
    /// The kernel's answer was lost: the change may have been made or not. Read the tables to find out.
    case unknownOutcome
    /// The tables changed during every attempt to read them.
    case interrupted(attempts: Int)
    /// The kernel didn't answer a request in time.
    case noReply
    /// An answer that doesn't fit this kernel interface.
    case malformedReply(String)
    /// A system call for the netlink socket failed.
    case socket(call: String, code: Int32)
}
