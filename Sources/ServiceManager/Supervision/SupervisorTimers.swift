package import ServiceModel

/// The timers of one supervisor: those that run, and those that are paused with the time they have left.
package struct Timers<Time: Clock> where Time.Duration == Duration {
    private struct Running {
        /// Distinguishes it from an earlier timer of the same name.
        var number: Int
        var end: Time.Instant
    }

    private var running: [RolloutTimer: Running] = [:]
    private var paused: [RolloutTimer: Duration] = [:]
    private var last = 0

    package init() {}

    /// Sets a timer; an earlier one of the same name is forgotten.
    ///
    /// - Returns: The number that it fires with.
    package mutating func set(_ timer: RolloutTimer, endingAt end: Time.Instant) -> Int {
        last += 1
        running[timer] = Running(number: last, end: end)
        paused[timer] = nil
        return last
    }

    package mutating func cancel(_ timer: RolloutTimer) {
        running[timer] = nil
        paused[timer] = nil
    }

    /// Pauses a running timer, and keeps the time that it has left.
    package mutating func pause(_ timer: RolloutTimer, at now: Time.Instant) {
        guard let found = running.removeValue(forKey: timer) else { return }
        paused[timer] = max(.zero, now.duration(to: found.end))
    }

    /// Takes the time that a paused timer has left; nil when it isn't paused.
    package mutating func resume(_ timer: RolloutTimer) -> Duration? {
        paused.removeValue(forKey: timer)
    }

    /// The time that is left of a timer that runs; nil when it doesn't.
    package func left(_ timer: RolloutTimer, at now: Time.Instant) -> Duration? {
        running[timer].map { max(.zero, now.duration(to: $0.end)) }
    }

    /// Whether a timer that fires is the one that is set, not one that was cancelled or set again since.
    package mutating func ended(_ timer: RolloutTimer, _ number: Int) -> Bool {
        guard running[timer]?.number == number else { return false }
        running[timer] = nil
        return true
    }
}
