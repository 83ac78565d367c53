package import Backoff

/// The constants of the rollout that no document sets, each with its reason.
package enum RolloutPolicy {
    /// The time until a deletion takes effect: enough to notice that the wrong document was deleted, and to restore it.
    package static let withdrawalGrace = Duration.seconds(10)
    /// How long a managed service may lack a document before it needs attention: by then a starting database answers, but a
    /// mistyped name is still unknown.
    package static let documentGrace = Duration.seconds(60)
    /// How long a revision that a person stopped stays down: enough to look into it, but a forgotten service doesn't stay down.
    package static let handStopHold = Duration.seconds(30)
    /// How long an unknown container, or one whose service no source defines, is left alone: enough for its source to come
    /// back.
    package static let orphanGrace = Duration.seconds(30)
    /// The time after which a canary that isn't promoted is removed.
    package static let longestHold = Duration.seconds(7 * 86400)
    /// An address that was refused more often than this, which takes 7 s, needs attention: one that is just being added is
    /// there by then.
    package static let patientClaims = 3
    /// How many revisions that were current are kept for rollbacks.
    package static let keptRevisions = 5
    /// How many failures of revisions that can't be rolled back to are remembered.
    package static let rememberedFailures = 10
    /// How often a container ends before it has settled until it counts as a crash loop.
    package static let crashLoop = 3
    /// When a pull that failed for a passing reason is repeated.
    package static let pullBackoff = Backoff(from: .seconds(5), to: .seconds(300))
    /// When a container that keeps ending is started again, and a command that keeps failing is repeated.
    package static let backoff = Backoff(from: .seconds(1), to: .seconds(60))
}
