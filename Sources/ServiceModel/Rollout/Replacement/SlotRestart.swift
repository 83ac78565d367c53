/// A slot of the current revision that is started again.
package struct SlotRestart: Equatable, Sendable {
    /// How often it ended since it was settled last.
    package var count = 0
    /// True until its back-off has passed.
    package var isWaiting = false
    /// True when a person stopped or removed its container.
    package var isByHand = false
    /// How long it waits, from its end on.
    package var delay = Duration.zero
    /// How its container ended last; nil when it is gone, or never ran.
    package var exit: ExitReport?
    /// Why it couldn't be started, or wasn't healthy; nil when its container ended by itself.
    package var trouble: String?

    /// True when it keeps ending before it has settled.
    package var isCrashLoop: Bool { count >= RolloutPolicy.crashLoop }
}
