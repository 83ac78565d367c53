/// What a rollout waits for, with a deadline.
///
/// Setting a timer that is set starts it again.
package enum RolloutTimer: Hashable, Sendable {
    /// The image of a revision must be here.
    case pull(Revision)
    /// A failed pull is tried again.
    case pullRetry(Revision)
    /// The addresses of a revision must be had, from the first refusal on.
    case claim(Revision)
    /// A refused address is claimed again.
    case claimRetry(Revision)
    /// From the image's arrival to the end of the rollout.
    case progress(Revision)
    /// A canary waits to be promoted.
    case hold(Revision)
    /// From create to a started container.
    case start(InstanceID)
    /// From started to healthy.
    case healthy(InstanceID)
    /// In service without a failure.
    case minHealthy(InstanceID)
    /// From weight 0 to no active connection.
    case drain(InstanceID)
    /// A command that failed for a passing reason is repeated.
    case retry(InstanceID)
    /// A slot of the current revision is started again after its back-off.
    case restart(slot: Int)
    /// The document of a service that is to run must have been found.
    case document
    /// A deleted document is acted on.
    case withdrawal
    /// A revision that was stopped by hand is started again.
    case handStop
}
