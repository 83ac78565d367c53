package import Backoff

/// The constants of the rollout that no document sets, each with its reason.
package enum RolloutPolicy {
    /// A deletion is acted on after this: long enough to notice that the wrong document was deleted and to put it back.
    package static let withdrawalGrace = Duration.seconds(10)
    /// A service that is to run and has no document for this long needs attention: a database that is just being started is
    /// there by then, and a name that was mistyped isn't.
    package static let documentGrace = Duration.seconds(60)
    /// A revision that a person stopped stays down this long: enough to look into it, and no forgotten service stays down.
    package static let handStopHold = Duration.seconds(30)
    /// A container that no one knows, or whose service no source defines, is left alone this long: long enough for what
    /// knows it to come back.
    package static let orphanGrace = Duration.seconds(30)
    /// A canary that no one promotes is taken away after this.
    package static let longestHold = Duration.seconds(7 * 86400)
    /// An address that was refused more often than this, which takes 7 s, needs attention: one that is just being added is
    /// there by then.
    package static let patientClaims = 3
    /// So many revisions that were current are kept to go back to.
    package static let keptRevisions = 5
    /// So many failures of revisions that can't be gone back to are remembered.
    package static let rememberedFailures = 10
    /// A container that ends so often before it has settled is in a crash loop.
    package static let crashLoop = 3
    /// When an image that couldn't be pulled for a passing reason is tried again.
    package static let pullBackoff = Backoff(from: .seconds(5), to: .seconds(300))
    /// When a container that keeps ending is started again, and a command that keeps failing is tried again.
    package static let backoff = Backoff(from: .seconds(1), to: .seconds(60))
}
