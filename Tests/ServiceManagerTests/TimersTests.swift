import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// Which of a supervisor's timers are meant when one fires.
@Suite struct TimersTests {
    private func end(_ seconds: Int) -> ManualClock.Instant {
        ManualClock().now.advanced(by: .seconds(seconds))
    }

    @Test func `a timer that was set anew ends once, and the earlier one doesn't`() {
        var timers = Timers<ManualClock>()
        let first = timers.set(.document, endingAt: end(10))
        let second = timers.set(.document, endingAt: end(20))
        #expect(timers.ended(.document, first) == false)
        #expect(timers.ended(.withdrawal, second) == false)
        #expect(timers.ended(.document, second) == true)
        #expect(timers.ended(.document, second) == false)
    }

    @Test func `a timer that was cancelled doesn't end, whether it runs or stands still`() {
        var timers = Timers<ManualClock>()
        let first = timers.set(.document, endingAt: end(10))
        timers.cancel(.document)
        #expect(timers.ended(.document, first) == false)
        _ = timers.set(.document, endingAt: end(10))
        timers.pause(.document, at: end(1))
        timers.cancel(.document)
        #expect(timers.resume(.document) == nil)
    }

    @Test func `what is left of a timer is known while it runs`() {
        var timers = Timers<ManualClock>()
        #expect(timers.left(.document, at: end(0)) == nil)
        _ = timers.set(.document, endingAt: end(60))
        #expect(timers.left(.document, at: end(50)) == .seconds(10))
        #expect(timers.left(.document, at: end(70)) == .zero)
        timers.pause(.document, at: end(50))
        #expect(timers.left(.document, at: end(50)) == nil)
    }

    @Test func `a timer that stood still for an hour has the time left that it had`() {
        var timers = Timers<ManualClock>()
        let number = timers.set(.document, endingAt: end(60))
        timers.pause(.document, at: end(50))
        #expect(timers.ended(.document, number) == false)
        #expect(timers.resume(.document) == .seconds(10))
        #expect(timers.resume(.document) == nil)
        let again = timers.set(.document, endingAt: end(3_660))
        #expect(timers.ended(.document, again) == true)
    }

    @Test func `a timer that was overdue has no time left, and one that isn't set can't stand still`() {
        var timers = Timers<ManualClock>()
        timers.pause(.document, at: end(0))
        #expect(timers.resume(.document) == nil)
        _ = timers.set(.document, endingAt: end(60))
        timers.pause(.document, at: end(70))
        #expect(timers.resume(.document) == .zero)
    }
}
