import CNetlink
import Glibc
import Netlink

extension IPVSClient {
    /// Whether the kernel has a scheduler, or can load it.
    ///
    /// Nothing is changed. The kernel is asked to create a virtual service that it refuses, and the reason of its refusal tells
    /// whether it has the scheduler. A kernel without IPv6 can't be asked in this way, and is assumed to have it.
    ///
    /// - Parameter scheduler: The scheduler.
    /// - Returns: False only when the kernel says that it has no scheduler of that name.
    /// - Throws: `IPVSError`.
    public func hasScheduler(_ scheduler: Scheduler) async throws(IPVSError) -> Bool {
        do {
            var outcome = try ask(about: scheduler)
            // The kernel also answers ENOENT when the module was loaded again, which gives the IPVS family another number.
            if case .refused(let failure) = outcome, failure.code == ENOENT, try reopen() {
                outcome = try ask(about: scheduler)
            }
            var identity = VirtualService.Identity.schedulerQuestion
            if case .refused(let failure) = outcome, failure.code == EEXIST {
                identity = .otherSchedulerQuestion
                outcome = try ask(about: scheduler, identity)
            }
            switch outcome {
            case .refused(let failure) where failure.code == ENOENT: return false
            case .refused(let failure):
                switch failure.code {
                case EINVAL, EAFNOSUPPORT, EEXIST: return true
                default: throw IPVSError(failure)
                }
            case .done:
                // No kernel is known to do that. If one does, the virtual service is removed again.
                try await remove(identity)
                return true
            case .lost, .notSent, nil: throw IPVSError.unknownOutcome
            }
        } catch let error as NetlinkFailure {
            throw IPVSError(error)
        } catch let error as IPVSError {
            throw error
        } catch {
            throw .malformedReply("\(error)")
        }
    }

    private func ask(
        about scheduler: Scheduler,
        _ identity: VirtualService.Identity = .schedulerQuestion
    ) throws -> ChangeOutcome? {
        var invalid: IPVSError?
        let outcome = try converse { conversation throws(NetlinkFailure) in
            try conversation.change(count: 1) { _, header, writer in
                do throws(IPVSError) {
                    try writer.schedulerQuestion(scheduler, about: identity, header)
                    return true
                } catch {
                    invalid = error
                    return false
                }
            }
        }.first
        if let invalid { throw invalid }
        return outcome
    }
}
