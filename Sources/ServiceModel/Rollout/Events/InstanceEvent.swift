package import Addresses

/// What happens to one instance: the answers to its commands, and what is seen of it.
package enum InstanceEvent: Equatable, Sendable {
    // MARK: Answers

    case created(ContainerID)
    case createFailed(Failure)
    /// The container runs and has this address, and one of the other family where its network has both.
    case started(Endpoint, other: Endpoint? = nil)
    case startFailed(Failure)
    case attached
    case attachFailed(Failure)
    case drained
    case drainFailed(Failure)
    case stopFailed(Failure)
    case detached
    case detachFailed(Failure)
    case removed(lastLog: [String])
    case removeFailed(Failure)

    // MARK: Observations

    /// The probes have reached a verdict that differs from the one before.
    case probed(ProbeVerdict)
    /// The probes have failed `restart_after` times in a row.
    case exhausted(String)
    /// The container was paused (`docker pause`), or continues.
    case suspended(Bool)
    /// The container has lost its network, and so its address.
    case disconnected
    /// The container's process has ended; how, is told later by `exited` or `vanished`.
    case processEnded
    /// The container has ended, asked or unasked.
    case exited(ExitReport)
    /// The container is gone from Docker, so it has neither an exit code nor anything left to remove.
    case vanished
}
