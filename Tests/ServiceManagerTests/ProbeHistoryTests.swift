import ServiceManager
import ServiceModel
import Testing

/// How many outcomes of a probe say something: `rise`, `fall` and `restart_after`.
@Suite struct ProbeHistoryTests {
    private func history(
        _ verdict: ProbeVerdict?,
        adjust: (inout HealthCheck) -> Void
    ) -> ProbeHistory {
        var check = HealthCheck(.tcp)
        adjust(&check)
        return ProbeHistory(check: check, verdict: verdict)
    }

    private let passed = ProbeOutcome.success
    private let failed = ProbeOutcome.failure("GET / → 503")

    /// What is told after each outcome.
    private func told(_ history: inout ProbeHistory, _ outcomes: [ProbeOutcome]) -> [ProbeVerdict?] {
        outcomes.map { history.add($0) }
    }

    @Test func `as many successes in a row as rise says make it healthy`() {
        var history = history(nil) { $0.rise = 3 }
        #expect(told(&history, [passed, passed, passed, passed]) == [nil, nil, .passing, nil])
    }

    @Test func `a failure in between starts the count of successes anew`() {
        var history = history(.failing("GET / → 503")) { $0.rise = 3 }
        let outcomes = [passed, passed, failed, passed, passed]
        #expect(told(&history, outcomes) == [nil, nil, nil, nil, nil])
        #expect(history.add(passed) == .passing)
    }

    @Test func `as many failures in a row as fall says make it unhealthy`() {
        var history = history(.passing) { $0.fall = 3 }
        #expect(told(&history, [failed, failed]) == [nil, nil])
        #expect(history.add(.failure("GET / → 502")) == .failing("GET / → 502"), "the last one is told")
    }

    @Test func `a success in between starts the count of failures anew`() {
        var history = history(.passing) { $0.fall = 3 }
        #expect(told(&history, [failed, failed, passed, failed, failed]) == [nil, nil, nil, nil, nil])
        #expect(history.add(failed) == .failing("GET / → 503"))
    }

    @Test func `of what was never healthy each new failure is told`() {
        var history = history(nil) { $0.fall = 3 }
        #expect(history.add(failed) == .failing("GET / → 503"))
        #expect(history.add(failed) == nil)
        #expect(history.add(.failure("refused")) == .failing("refused"))
    }

    @Test func `restart_after failures in a row are told once`() {
        var history = history(.passing) { $0.restartAfter = 4 }
        var told: [String?] = []
        for number in 1...5 {
            _ = history.add(.failure("number \(number)"))
            told.append(history.exhausted)
        }
        #expect(told == [nil, nil, nil, "number 4", nil])
        for outcome in [passed, failed, failed, failed] {
            _ = history.add(outcome)
            #expect(history.exhausted == nil)
        }
        _ = history.add(failed)
        #expect(history.exhausted == "GET / → 503", "and again once it was healthy")
    }

    @Test func `without restart_after failures are never too many`() {
        var history = history(nil) { _ in }
        #expect(history.exhausted == nil)
        for _ in 1...100 {
            _ = history.add(failed)
            #expect(history.exhausted == nil)
        }
    }
}
