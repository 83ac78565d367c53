import Addresses
import Testing

@testable import ServiceModel

/// A service that waits for its turn to pull and to start.
@Suite struct TurnTests {
    private let note = OperatorNote(by: "anna")

    private func host() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.hasLine = true
        host.send(.unit(.managerStarted(nil)))
        return host
    }

    private func define(
        _ number: Int,
        _ host: inout SimulatedHost,
        adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        adjust(&definition)
        host.send(.document(.defined(try Revision("\(number)-abcdef"), definition)))
    }

    private func giveTurn(_ host: inout SimulatedHost) {
        let isGiven = host.giveTurn()
        #expect(isGiven)
    }

    /// Everything but its turn happens.
    private func answerAll(_ host: inout SimulatedHost) {
        host.hasLine = true
        while let action = host.outstanding.first {
            host.outstanding.removeFirst()
            if let event = host.answer(to: action, fails: false) { host.send(event) }
        }
    }

    @Test func `the deadlines of pull and start begin with the turn`() throws {
        var host = try host()
        try define(1, &host)
        answerAll(&host)
        let revision = try Revision("1-abcdef")
        #expect(host.rollout.candidate?.stage.name == .pulling)
        #expect(host.timers.isEmpty, "it waits in line: \(host.timers)")
        #expect(host.rollout.status.detail?.contains("waits for its turn to pull web:1") == true)
        #expect(host.rollout.status(ahead: 3).detail?.hasSuffix(", 3 before it") == true)
        giveTurn(&host)
        #expect(host.timers == [.pull(revision)])
        answerAll(&host)
        let id = try #require(host.rollout.instances.keys.first)
        #expect(host.rollout.instances[id]?.phase == .queued)
        #expect(host.timers.isEmpty, "progress_deadline stands still, too: \(host.timers)")
        #expect(host.pausedTimers == [.progress(revision)])
        #expect(host.rollout.status(ahead: 2).detail == "1-abcdef: waits for its turn to start, 2 before it")
        #expect(host.rollout.status(ahead: 2).state == .rolling)
        giveTurn(&host)
        #expect(Set(host.timers) == [.start(id), .progress(revision)])
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a turn is free once the container runs, or its deadline has passed`() throws {
        for isInTime in [true, false] {
            var host = try host()
            try define(1, &host)
            answerAll(&host)
            giveTurn(&host)
            answerAll(&host)
            giveTurn(&host)
            let id = try #require(host.rollout.instances.keys.first)
            #expect(host.rollout.startWishes.map(\.turn) == [.start(id)])
            if isInTime { answerAll(&host) } else { host.fire(.start(id)) }
            #expect(host.rollout.startWishes.isEmpty)
        }
    }

    @Test func `a pull that is tried again waits for another turn, while its deadline stands still`() throws {
        var host = try host()
        try define(1, &host)
        answerAll(&host)
        let revision = try Revision("1-abcdef")
        giveTurn(&host)
        host.outstanding = []
        host.send(.candidate(revision, .pullFailed(Failure("no route", isTransient: true))))
        #expect(host.rollout.startWishes.isEmpty, "others may pull meanwhile")
        #expect(Set(host.timers) == [.pull(revision), .pullRetry(revision)])
        host.fire(.pullRetry(revision))
        #expect(host.rollout.startWishes.map(\.turn) == [.pull(revision)])
        #expect(host.pausedTimers == [.pull(revision)])
        #expect(host.outstanding.isEmpty)
        giveTurn(&host)
        #expect(host.timers == [.pull(revision)])
        #expect(host.outstanding.contains { $0.isPull })
    }

    @Test func `an instance that isn't wanted any more leaves the line at once`() throws {
        var host = try host()
        try define(1, &host)
        answerAll(&host)
        giveTurn(&host)
        answerAll(&host)
        #expect(host.rollout.instances.count == 1)
        host.send(.unit(.managerStopRequested))
        #expect(host.rollout.instances.isEmpty)
        #expect(host.rollout.startWishes.isEmpty)
        host.settle()
        #expect(host.rollout.management == .unmanaged)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a restart of the daemon in the line begins the wait again`() throws {
        var host = try host()
        try define(1, &host)
        answerAll(&host)
        giveTurn(&host)
        answerAll(&host)
        host.restartDaemon()
        answerAll(&host)
        #expect(host.rollout.startWishes.count == 1)
        host.settle()
        #expect(host.rollout.status.state == .running)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `what served before and is down is more urgent than what is new`() throws {
        var host = try host()
        try define(1, &host)
        answerAll(&host)
        #expect(host.rollout.startWishes.map(\.urgency) == [.arriving])
        host.settle()
        #expect(host.rollout.status.state == .running)
        // A boot: nothing runs any more.
        for container in host.containers.keys { host.containers[container]?.isRunning = false }
        host.restartDaemon()
        #expect(host.rollout.startWishes.map(\.urgency) == [.restoring])
        #expect(host.rollout.status(ahead: 7).state == .rolling)
        #expect(host.rollout.status(ahead: 7).detail == "1-abcdef waits for its turn to start, 7 before it")
        host.settle()
        try define(2, &host)
        answerAll(&host)
        #expect(host.rollout.startWishes.map(\.urgency) == [.arriving])
    }

    @Test func `the services of wants and after are those that it waits for`() throws {
        var host = try host()
        try define(1, &host) {
            $0.wants = ["database@manager", "couchdb.service"]
            $0.after = ["queue@manager.service", "web@manager"]
        }
        let needed: Set = [try ServiceID("database"), try ServiceID("queue")]
        #expect(host.rollout.neededServices == needed)
    }
}
