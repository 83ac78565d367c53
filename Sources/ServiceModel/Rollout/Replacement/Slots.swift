import Backoff

/// The places of the current revision's instances, and the numbers of attempts to fill them.
package struct Slots: Equatable, Sendable {
    /// Slots of the current revision that ended by themselves.
    package internal(set) var restarts: [Int: SlotRestart] = [:]
    /// The highest attempt number given out.
    package internal(set) var lastAttempt = 0

    package init() {}

    /// A number that no instance has.
    ///
    /// After the highest number, it begins with the lowest again.
    mutating func nextAttempt(besides taken: Set<Int>) -> Int {
        repeat {
            lastAttempt = lastAttempt < InstanceID.numbers.upperBound ? lastAttempt + 1 : InstanceID.numbers.lowerBound
        } while taken.contains(lastAttempt)
        return lastAttempt
    }

    /// Schedules a restart of a slot after a pause: one that doubles, or a fixed one after a stop by hand.
    ///
    /// - Returns: The pause.
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

    /// Ends a slot's pause.
    mutating func endWait(_ slot: Int) {
        restarts[slot]?.isWaiting = false
        restarts[slot]?.isByHand = false
    }
}
