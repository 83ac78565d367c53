package import Addresses

/// The answers to an instance's commands and probes.
///
/// What Docker reports about its container is a `ContainerChange`.
package enum InstanceEvent: Equatable, Sendable {
    // MARK: Answers

    case created(ContainerID)
    case createFailed(Failure)
    /// The container runs at this address, and at one of the other family if its network has both.
    case started(Endpoint, other: Endpoint? = nil)
    case startFailed(Failure)
    case attached
    case attachFailed(Failure)
    case drained
    case drainFailed(Failure)
    /// The container has ended, as ordered. Docker's own event for it may come first, as a `ContainerChange`.
    case exited(ExitReport)
    case stopFailed(Failure)
    case detached
    case detachFailed(Failure)
    case removed(lastLog: [String])
    case removeFailed(Failure)

    // MARK: Probes

    /// The probes have reached a verdict that differs from the one before.
    case probed(ProbeVerdict)
    /// The probes have failed `restart_after` times in a row.
    case exhausted(String)
}
