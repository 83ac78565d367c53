import Addresses
import ServiceModel
import TestSupport
import Testing

/// What a person asks for by hand, and what a definition says about where and how a service runs.
@Suite struct OperatorTests {
    let note = OperatorNote(by: "anna", reason: "debugging")
    let first = try? Revision("1-abcdef")

    /// A service whose first revision serves.
    private func serving(
        replicas: Int = 1,
        adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 7)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        try define(1, &host, replicas: replicas, adjust: adjust)
        host.settle()
        #expect(host.rollout.status.state == .running)
        return host
    }

    private func define(
        _ number: Int,
        _ host: inout SimulatedHost,
        replicas: Int = 1,
        adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        definition.replicas = replicas
        adjust(&definition)
        host.send(.document(.defined(try Revision("\(number)-abcdef"), definition)))
    }

    private func weights(_ host: SimulatedHost) throws -> [Int] {
        host.table[try ServiceAddress("172.18.0.1:7001")]?.values.sorted() ?? []
    }

    @Test func `a replica that was stopped by hand is still counted as one that there is to be`() throws {
        var host = try serving(replicas: 3)
        host.stopByHand(try #require(host.containers.keys.first))
        while !host.outstanding.isEmpty { host.answerOne() }
        #expect(host.rollout.status.replicas == 3)
        #expect(host.rollout.status.backends.count { $0.phase == "serving" } == 2)
        host.send(.unit(.managerStopRequested))
        host.settle()
        #expect(host.rollout.status.replicas == nil)
    }

    @Test func `a paused service notes a new revision and rolls it when it is resumed, also over a restart`() throws {
        var host = try serving()
        host.send(.operator(.pauseRequested(note)))
        try define(2, &host)
        host.settle()
        host.restartDaemon()
        host.settle()
        #expect(host.rollout.status.state == .paused)
        #expect(host.rollout.status.detail?.contains("anna: \"debugging\"") == true)
        #expect(host.rollout.current?.revision == first)
        #expect(host.containers.count == 1)
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.rollout.current?.revision == (try Revision("2-abcdef")))
    }

    @Test func `a rollback holds whatever the sources say first after a restart, and ends with what they say later`()
        throws
    {
        var host = try serving()
        try define(2, &host)
        host.settle()
        let before = try #require(first)
        var shadowed = try #require(host.definitions[before])
        host.send(.operator(.rollbackRequested(before, shadowed, note)))
        host.settle()
        shadowed.image = "web:shadowed"
        host.document = .document(.defined(try Revision("1-shadowed"), shadowed))
        host.restartDaemon()
        host.settle()
        #expect(host.rollout.current?.revision == before)
        #expect(host.rollout.pin?.note == note)
        #expect(host.rollout.status.detail?.contains("rolled back to") == true)
        try define(3, &host)
        host.settle()
        #expect(host.rollout.pin == nil)
        #expect(host.rollout.current?.revision == (try Revision("3-abcdef")))
        #expect(host.violations.isEmpty)
    }

    @Test func `a pause holds whatever the sources say first after a restart`() throws {
        var host = try serving()
        host.send(.operator(.pauseRequested(note)))
        host.settle()
        let running = try #require(first)
        var shadowed = try #require(host.definitions[running])
        shadowed.image = "web:shadowed"
        host.document = .document(.defined(try Revision("1-shadowed"), shadowed))
        host.restartDaemon()
        host.settle()
        #expect(host.rollout.status.state == .paused)
        #expect(host.rollout.current?.revision == first)
    }

    @Test func `a rollback stays over a restart, until it is taken back`() throws {
        var host = try serving()
        let second = try Revision("2-abcdef")
        try define(2, &host)
        host.settle()
        let before = try #require(first)
        let definition = try #require(host.definitions[before])
        host.send(.operator(.rollbackRequested(before, definition, note)))
        host.settle()
        #expect(host.rollout.current?.revision == before)
        host.restartDaemon()
        host.settle()
        #expect(host.rollout.current?.revision == before)
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.rollout.current?.revision == second)
        #expect(host.violations.isEmpty)
    }

    @Test func `a rollback asks for the image that the revision ran with`() throws {
        var host = try serving()
        try define(2, &host)
        host.settle()
        let before = try #require(first)
        host.send(.operator(.rollbackRequested(before, try #require(host.definitions[before]), note)))
        while !host.outstanding.isEmpty, host.rollout.candidate?.stage.name == .claiming { host.answerOne() }
        let known = host.outstanding.compactMap { action in
            if case .pull(before, _, let known) = action { known } else { nil }
        }
        #expect(known == [ImageID("sha256:1-abcdef")])
    }

    @Test func `a canary gets its share of the weights, and all once it is promoted`() throws {
        var host = try serving()
        try define(2, &host) { $0.canary = Canary(percent: 20) }
        host.settle { if case .hold = $0 { false } else { true } }
        #expect(host.rollout.candidate?.stage.name == .holding)
        #expect(try weights(host) == [1, 4])
        host.restartDaemon()
        host.settle { if case .hold = $0 { false } else { true } }
        #expect(try weights(host) == [1, 4])
        host.send(.operator(.promoteRequested))
        host.settle()
        #expect(try weights(host) == [1])
        #expect(host.rollout.current?.revision == (try Revision("2-abcdef")))
        #expect(host.violations.isEmpty)
    }

    @Test func `a canary that nobody promotes is taken away after a week`() throws {
        var host = try serving()
        try define(2, &host) { $0.canary = Canary(percent: 20) }
        host.settle()
        #expect(host.rollout.current?.revision == first)
        #expect(host.rollout.failures[try Revision("2-abcdef")]?.message.contains("it was not promoted") == true)
        #expect(try weights(host) == [1])
    }

    @Test func `a drained backend stays drained over a restart, and the last one isn't drained unless forced`() throws {
        var host = try serving(replicas: 2)
        let ids = host.rollout.instances.keys.sorted()
        host.send(.operator(.drainRequested(ids[0], isForced: false)))
        host.settle()
        #expect(try weights(host) == [0, 1])
        host.send(.operator(.drainRequested(ids[1], isForced: false)))
        host.settle()
        #expect(try weights(host) == [0, 1])
        host.restartDaemon()
        host.settle()
        #expect(try weights(host) == [0, 1])
        host.send(.operator(.undrainRequested(ids[0])))
        host.settle()
        #expect(try weights(host) == [1, 1])
        #expect(host.containers.count == 2)
        #expect(host.violations.isEmpty)
    }

    @Test func `a service that is switched off stops and is kept, and starts when it is switched on`() throws {
        var host = try serving()
        try define(2, &host) { $0.enabled = false }
        host.settle()
        #expect(host.containers.isEmpty)
        #expect(host.table.isEmpty)
        #expect(host.rollout.status.state == .stopped)
        #expect(host.rollout.managerUnit == .ended(exitCode: 0))
        host.restartDaemon()
        host.settle()
        #expect(host.containers.isEmpty)
        try define(3, &host)
        host.settle()
        #expect(host.rollout.current?.revision == (try Revision("3-abcdef")))
        #expect(host.rollout.status.state == .running)
    }

    @Test func `a document that asks to roll on changes only replaces nothing when only its timing changed`() throws {
        var host = try serving { $0.roll = .specification }
        let container = host.containers.keys.map(\.rawValue)
        // The image must be the same, too.
        try define(2, &host) {
            $0.image = "web:1"
            $0.roll = .specification
            $0.weight = 5
            $0.drainTimeout = .seconds(7)
        }
        host.settle()
        #expect(host.containers.keys.map(\.rawValue) == container)
        #expect(try weights(host) == [5])
        host.restartDaemon()
        host.settle()
        #expect(host.containers.keys.map(\.rawValue) == container)
        #expect(try weights(host) == [5])
        try define(3, &host) { $0.roll = .specification }
        host.settle()
        #expect(host.containers.keys.map(\.rawValue) != container)
    }

    @Test func `a container that fails for long is replaced where its definition asks for that`() throws {
        var host = try serving()
        let id = try #require(host.rollout.instances.keys.first)
        host.send(.instance(id, .exhausted("GET / → 503")))
        host.settle()
        #expect(host.rollout.instances.keys.allSatisfy { $0.attempt > id.attempt })
        #expect(host.containers.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `the status tells which backend fails its probes, and when it is the last that serves`() throws {
        var host = try serving(replicas: 2)
        let ids = host.rollout.instances.keys.sorted()
        host.send(.instance(ids[0], .probed(.failing("GET / → 503"))))
        while !host.outstanding.isEmpty { host.answerOne() }
        #expect(host.rollout.status.detail == "1 of 2 replicas serve; \(ids[0]) fails its probes: GET / → 503")
        host.send(.instance(ids[1], .probed(.failing("GET / → 502"))))
        while !host.outstanding.isEmpty { host.answerOne() }
        let detail = try #require(host.rollout.status.detail)
        #expect(detail == "the last serving backend fails its probes and is kept in service: GET / → 502")
        #expect(try weights(host) == [0, 1])
    }

    @Test func `a container without its network loses its destination at once and is replaced`() throws {
        var host = try serving()
        let id = try #require(host.rollout.instances.keys.first)
        host.transcript = []
        host.send(.host(.container(try #require(host.rollout.instances[id]?.container), .disconnected)))
        host.answerOne()
        #expect(try weights(host).isEmpty)
        #expect(host.outstanding.contains { if case .stop = $0 { true } else { false } }, "it isn't stopped before")
        host.settle()
        #expect(try weights(host) == [1])
        #expect(host.rollout.instances.keys.allSatisfy { $0.attempt > id.attempt })
    }

    @Test func `what a person stopped is started again after the hold, or when the service is resumed`() throws {
        var host = try serving()
        let instance = try #require(host.rollout.instances.values.first)
        host.send(.operator(.pauseRequested(note)))
        host.containers[try #require(instance.container)]?.isRunning = false
        host.send(.host(.container(try #require(instance.container), .ended(ExitReport(code: 0, isByHand: true)))))
        host.settle()
        #expect(host.containers.values.allSatisfy { !$0.isRunning }, "it is kept, for a person who starts it again")
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.containers.values.map(\.isRunning) == [true])
        #expect(host.rollout.status.state == .running)
    }

    @Test func `starting the manager of a service that has a good revision doesn't try the failed one`() throws {
        var host = try serving()
        let second = try Revision("2-abcdef")
        try define(2, &host)
        host.send(.candidate(second, .claimFailed(Failure("simulated"))))
        host.settle()
        #expect(host.rollout.failures[second] != nil)
        host.send(.unit(.managerStopRequested))
        host.settle()
        #expect(host.containers.isEmpty)
        host.send(.unit(.managerStarted(nil)))
        #expect(host.rollout.candidate == nil)
        host.settle()
        #expect(host.rollout.status.state == .degraded)
        #expect(host.rollout.current?.revision == first)
        #expect(host.rollout.failures[second] != nil)
        #expect(host.containers.values.map(\.definition.image) == ["web:1"])
        #expect(host.violations.isEmpty)
    }
}
