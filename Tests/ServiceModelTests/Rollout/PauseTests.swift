import Addresses
import TestSupport
import Testing

@testable import ServiceModel

/// What a pause holds, and what it must not hold.
@Suite struct PauseTests {
    private let note = OperatorNote(by: "anna")

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

    private func serving(adjust: (inout ServiceDefinition) -> Void = { _ in }) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.transcript = []
        host.send(.unit(.managerStarted(nil)))
        try define(1, &host, adjust: adjust)
        host.settle()
        return host
    }

    /// Answers what is outstanding, until the first instance is in a phase.
    private func proceed(_ host: inout SimulatedHost, until phase: Instance.Phase) {
        for _ in 0..<50 where !host.rollout.instances.values.contains(where: { $0.phase == phase }) {
            host.answerOne()
        }
    }

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abcdef") }

    @Test(arguments: [Instance.Phase.draining, .stopping])
    func `a pause while the old revision makes room keeps it running, or brings it back`(phase: Instance.Phase) throws {
        var host = try serving()
        let containers = Set(host.containers.keys)
        try define(2, &host) { $0.order = .stopFirst }
        proceed(&host, until: phase)
        #expect(host.rollout.candidate?.stage.name == .clearing)
        host.send(.operator(.pauseRequested(note)))
        host.settle()
        let kept = [try revision(1)]
        #expect(host.rollout.serving.map(\.id.revision) == kept)
        #expect(host.containers.values.filter(\.isRunning).count == 1)
        #expect(host.rollout.status.state == .paused)
        if phase == .draining { #expect(Set(host.containers.keys) == containers, "it never stopped") }
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.rollout.status.state == .running)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `it never runs twice at once, although the pause brings it back`() throws {
        var host = try serving { $0.order = .stopFirst }
        var most = 0
        host.afterEach = { most = max(most, $0.containers.values.filter(\.isRunning).count) }
        try define(2, &host) { $0.order = .stopFirst }
        proceed(&host, until: .stopping)
        host.send(.operator(.pauseRequested(note)))
        host.settle()
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(most == 1)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a pause once the new revision has taken the place lets it serve`() throws {
        var host = try serving { $0.replicas = 2 }
        try define(2, &host) {
            $0.order = .stopFirst
            $0.replicas = 2
        }
        for _ in 0..<80 where host.rollout.candidate?.stage.name != .running { host.answerOne() }
        #expect(host.rollout.candidate?.stage.name == .running)
        host.send(.operator(.pauseRequested(note)))
        host.settle()
        let both = [try revision(2), try revision(2)]
        #expect(host.rollout.serving.map(\.id.revision) == both)
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.rollout.status.state == .paused)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a canary's hold stands still during a pause`() throws {
        var host = try serving()
        try define(2, &host) { $0.canary = Canary(percent: 20, hold: .seconds(60)) }
        host.settle { if case .hold = $0 { false } else { true } }
        #expect(host.rollout.candidate?.stage.name == .holding)
        host.send(.operator(.pauseRequested(note)))
        let hold = RolloutTimer.hold(try revision(2))
        #expect(!host.timers.contains(hold))
        host.settle()
        #expect(host.rollout.candidate?.stage.name == .holding, "time alone changes nothing")
        let weights = host.table.values.first?.values.sorted()
        host.send(.operator(.promoteRequested))
        host.settle()
        #expect(host.rollout.candidate?.stage.name == .holding)
        #expect(host.table.values.first?.values.sorted() == weights)
        host.send(.operator(.resumeRequested))
        #expect(host.timers.contains(hold))
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a service whose manager is started again during a pause runs what it ran`() throws {
        var host = try serving()
        host.send(.operator(.pauseRequested(note)))
        try define(2, &host)
        host.send(.unit(.managerStopRequested))
        host.settle()
        #expect(host.containers.isEmpty)
        host.send(.unit(.managerStarted(nil)))
        host.settle()
        let kept = [try revision(1)]
        #expect(host.rollout.serving.map(\.id.revision) == kept)
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(2)))
    }

    @Test func `the newest document is shown while it waits for the end of a pause`() throws {
        var host = try serving()
        try define(2, &host)
        for _ in 0..<50 where host.rollout.candidate?.stage.name != .running { host.answerOne() }
        host.send(.operator(.pauseRequested(note)))
        try define(3, &host)
        let detail = try #require(host.rollout.status.detail)
        #expect(detail == "by anna; 2-abcdef is held; 3-abcdef waits; smctl resume web")
        #expect(host.transcript?.contains("    say: 3-abcdef waits for the end of the pause") == true)
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(3)))
    }

    @Test func `a promotion is refused during a pause, with what to do`() throws {
        var host = try serving()
        try define(2, &host) { $0.canary = Canary(percent: 20, hold: nil) }
        host.settle { if case .hold = $0 { false } else { true } }
        host.send(.operator(.pauseRequested(note)))
        host.send(.operator(.promoteRequested))
        #expect(host.rollout.orders.promoted == nil)
    }
}
