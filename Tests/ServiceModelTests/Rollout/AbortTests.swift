import Addresses
import ServiceModel
import TestSupport
import Testing

/// A rollout that a person gives up.
@Suite struct AbortTests {
    let note = OperatorNote(by: "anna", reason: "wrong prices")

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abcdef") }

    private func define(
        _ number: Int,
        _ host: inout SimulatedHost,
        adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        adjust(&definition)
        host.send(.document(.defined(try revision(number), definition)))
    }

    private func host() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 7)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        return host
    }

    /// A service that serves, and whose next revision is held as a canary.
    private func holding() throws -> SimulatedHost {
        var host = try host()
        try define(1, &host)
        host.settle()
        try define(2, &host) { $0.canary = Canary(percent: 20) }
        host.settle { if case .hold = $0 { false } else { true } }
        #expect(host.rollout.candidate?.stage.name == .holding)
        return host
    }

    @Test func `a canary that is given up leaves, all is as before, and it isn't tried again by itself`() throws {
        var host = try holding()
        host.send(.operator(.abortRequested(note)))
        host.settle()
        host.restartDaemon()
        host.settle()
        #expect(host.rollout.candidate == nil)
        #expect(host.rollout.current?.revision == (try revision(1)))
        #expect(host.containers.count == 1)
        let status = host.rollout.status
        #expect(status.state == .running, "it serves as a person ordered")
        #expect(status.detail == "2-abcdef was given up by anna: \"wrong prices\"; smctl retry web tries it again")
        host.send(.operator(.retryRequested))
        host.settle { if case .hold = $0 { false } else { true } }
        #expect(host.rollout.candidate?.revision == (try revision(2)))
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a canary's status says how to end it, and when it ends by itself`() throws {
        let detail = try #require(try holding().rollout.status.detail)
        for part in ["20 % of new connections", "smctl promote web", "smctl abort web", "given up 7d"] {
            #expect(detail.contains(part), "\(part)")
        }
    }

    @Test func `a rollout is given up in every stage, and what was current serves`() throws {
        for order in [RolloutOrder.startFirst, .stopFirst] {
            for answers in 0..<12 {
                var host = try host()
                try define(1, &host)
                host.settle()
                try define(2, &host) { $0.order = order }
                for _ in 0..<answers where !host.outstanding.isEmpty { host.answerOne() }
                guard host.rollout.candidate != nil else { continue }
                host.send(.operator(.abortRequested(note)))
                host.settle()
                #expect(host.rollout.current?.revision == (try revision(1)))
                #expect(host.rollout.serving.map(\.id.revision) == [try revision(1)])
                #expect(host.violations.isEmpty, "\(order) after \(answers): \(host.violations)")
            }
        }
    }

    @Test func `the first revision that is given up leaves nothing, and its service has failed`() throws {
        var host = try host()
        try define(1, &host)
        host.send(.operator(.abortRequested(note)))
        host.settle()
        #expect(host.rollout.management == .failed(try revision(1)))
        #expect(host.containers.isEmpty)
        #expect(host.rollout.status.detail?.contains("given up by anna") == true)
    }

    @Test func `a rollback that is given up while it rolls ends`() throws {
        var host = try host()
        for number in 1...2 {
            try define(number, &host)
            host.settle()
        }
        let first = try revision(1)
        host.send(.operator(.rollbackRequested(first, try #require(host.definitions[first]), note)))
        #expect(host.rollout.candidate?.revision == first)
        host.send(.operator(.abortRequested(note)))
        host.settle()
        #expect(host.rollout.pin == nil)
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.rollout.status.state == .running)
    }

    @Test func `the answer says what stays, and a service without a rollout is told what else there is`() throws {
        let plan = try OperatorPlan.abort(try holding().rollout, note)
        #expect(plan.message == "2-abcdef is given up, and 1-abcdef stays; smctl retry web tries it again")
        var host = try host()
        try define(1, &host)
        host.settle()
        let running = host.rollout
        let refusal = #expect(throws: OperatorRefusal.self) { try OperatorPlan.abort(running, note) }
        #expect(refusal?.message == "web has no rollout in progress")
        host.send(.operator(.restartRequested(note)))
        let restarting = host.rollout
        let other = #expect(throws: OperatorRefusal.self) { try OperatorPlan.abort(restarting, note) }
        #expect(other?.next == "smctl pause web holds it")
    }

    @Test func `a canary that a person rolled back from was given up by them, and not superseded`() throws {
        let first = try revision(1)
        var rollout = try holding().rollout
        let definition = try #require(rollout.current).definition
        let actions = rollout.handle(.operator(.rollbackRequested(first, definition, note)))
        let given = RolloutNotice.rolloutGivenUp(try revision(2), note, for: first, kept: first)
        #expect(actions.contains(.tell(given)))
    }
}
