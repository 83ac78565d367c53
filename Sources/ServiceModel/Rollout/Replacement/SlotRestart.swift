/// The restarts of a slot of the current revision.
package struct SlotRestart: Equatable, Sendable {
    /// How often its container has ended since it last settled.
    package var count = 0
    /// True until its back-off has passed.
    package var isWaiting = false
    /// True when a person stopped or removed its container.
    package var isByHand = false
    /// How long it waits after its end.
    package var delay = Duration.zero
    /// How its container last ended; nil when it was removed, or never ran.
    package var exit: ExitReport?
    /// Why it couldn't be started, or wasn't healthy; nil when its container ended by itself.
    package var trouble: String?

    /// True when it keeps ending before it has settled.
    package var isCrashLoop: Bool { count >= RolloutPolicy.crashLoop }
}
