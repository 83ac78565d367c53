/// A timer of a rollout: the deadline of a wait, or the end of a pause.
///
/// Setting a timer that is set restarts it.
package enum RolloutTimer: Hashable, Sendable {
    /// The image of a revision must be on this host.
    case pull(Revision)
    /// A failed pull is tried again.
    case pullRetry(Revision)
    /// The addresses of a revision must be claimed, from the first refusal on.
    case claim(Revision)
    /// A refused address is claimed again.
    case claimRetry(Revision)
    /// From the image's arrival to the end of the rollout.
    case progress(Revision)
    /// A canary waits to be promoted.
    case hold(Revision)
    /// From the order to create a container until it has started.
    case start(InstanceID)
    /// From a container's start until it is healthy.
    case healthy(InstanceID)
    /// The time in service without a failure after which an instance has settled.
    case minHealthy(InstanceID)
    /// From weight 0 until no connection is active.
    case drain(InstanceID)
    /// A command that failed for a passing reason is repeated.
    case retry(InstanceID)
    /// A slot of the current revision is started again after its back-off.
    case restart(slot: Int)
    /// The document of a managed service must have been found.
    case document
    /// A deleted document is acted on.
    case withdrawal
    /// A revision that was stopped by hand is started again.
    case handStop
}
