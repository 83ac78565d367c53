import Backoff

/// The places of the current revision's instances, and the numbers of attempts to fill them.
package struct Slots: Equatable, Sendable {
    /// Slots of the current revision that ended by themselves.
    package internal(set) var restarts: [Int: SlotRestart] = [:]
    /// The highest attempt number given out.
    package internal(set) var lastAttempt = 0

    package init() {}

    /// A number that no instance has; after the last of them come the first again.
    mutating func nextAttempt(besides taken: Set<Int>) -> Int {
        repeat {
            lastAttempt = lastAttempt < InstanceID.numbers.upperBound ? lastAttempt + 1 : InstanceID.numbers.lowerBound
        } while taken.contains(lastAttempt)
        return lastAttempt
    }

    /// A slot is started again after a pause: one that doubles, or a fixed one after a stop by hand.
    ///
    /// - Returns: How long that is.
    mutating func scheduleRestart(_ slot: Int, isByHand: Bool, exit: ExitReport?, trouble: String?) -> Duration {
        let count = restarts[slot]?.count ?? 0
        let delay = isByHand ? RolloutPolicy.handStopHold : RolloutPolicy.backoff.delay(count)
        restarts[slot] = SlotRestart(
            count: isByHand ? count : count + 1,
            isWaiting: true,
            isByHand: isByHand,
            delay: delay,
            exit: exit,
            trouble: trouble
        )
        return delay
    }

    /// A slot doesn't wait any longer.
    mutating func endWait(_ slot: Int) {
        restarts[slot]?.isWaiting = false
        restarts[slot]?.isByHand = false
    }
}
