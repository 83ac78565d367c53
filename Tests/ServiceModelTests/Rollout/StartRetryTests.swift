import TestSupport
import Testing

@testable import ServiceModel

/// What Docker answers in passing, as while it restarts, isn't a revision's fault.
@Suite struct StartRetryTests {
    private let passing = Failure("Docker answers 500", isTransient: true)
    private let outage = Failure("Docker is away", isOutage: true)

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abcdef") }

    /// 1 serves, and 2 is being created.
    private func rolling() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try revision(1), try RandomWorldTests.definition(1, replicas: 1))))
        host.settle()
        host.send(.document(.defined(try revision(2), try RandomWorldTests.definition(2, replicas: 1))))
        while candidate(host)?.phase != .creating { host.answerOne() }
        return host
    }

    private func candidate(_ host: SimulatedHost) -> Instance? {
        host.rollout.instances.values.first { $0.id.revision == host.rollout.candidate?.revision }
    }

    /// The command that is outstanding comes to nothing.
    private func fail(_ host: inout SimulatedHost, _ failure: Failure) throws {
        let instance = try #require(candidate(host))
        host.outstanding.removeAll { $0.instance == instance.id }
        host.send(
            instance.phase == .creating
                ? .instance(instance.id, .createFailed(failure)) : .instance(instance.id, .startFailed(failure))
        )
    }

    @Test(arguments: [Instance.Phase.creating, .starting])
    func `a create or start that fails in passing is repeated, and the rollout goes on`(phase: Instance.Phase) throws {
        var host = try rolling()
        while candidate(host)?.phase != phase { host.answerOne() }
        let id = try #require(candidate(host)?.id)
        for failure in [passing, outage, passing] {
            try fail(&host, failure)
            #expect(host.rollout.failures.byRevision.isEmpty)
            #expect(candidate(host)?.phase == phase)
            #expect(host.rollout.status.detail?.contains(failure.message) == true)
            host.fire(.retry(id))
            #expect(host.outstanding.contains { $0.instance == id })
        }
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.rollout.serving.map(\.id) == [id])
        #expect(host.violations.isEmpty)
    }

    @Test func `a candidate's container that ends with Docker isn't its failure, and another is started`() throws {
        var host = try rolling()
        while candidate(host)?.phase != .probing { host.answerOne() }
        let id = try #require(candidate(host)?.id)
        let container = try #require(candidate(host)?.container)
        host.send(.host(.container(container, .ended(ExitReport(code: 0, isByHand: true, isWithEngine: true)))))
        #expect(host.rollout.failures.byRevision.isEmpty)
        #expect(host.rollout.candidate?.revision == (try revision(2)))
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(2)))
        #expect(host.rollout.serving.map(\.id.attempt) != [id.attempt])
        #expect(host.violations.isEmpty)
    }

    @Test func `what serves and ends with Docker comes back when Docker does, and that is no crash`() throws {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try revision(1), try RandomWorldTests.definition(1, replicas: 1))))
        host.settle()
        let container = try #require(host.rollout.serving.first?.container)
        host.send(.host(.container(container, .ended(ExitReport(code: 0, isWithEngine: true)))))
        host.settle { timer in if case .restart = timer { false } else { true } }
        #expect(host.rollout.serving.isEmpty)
        let restart = try #require(host.rollout.status.restarts?.first)
        #expect(restart.cause == .withDocker)
        #expect(restart.count == 0)
        host.send(.host(.engineReturned))
        host.settle()
        #expect(host.rollout.serving.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `what Docker goes on answering fails the revision at its deadline, and says what it was`() throws {
        var host = try rolling()
        let id = try #require(candidate(host)?.id)
        try fail(&host, passing)
        host.fire(.start(id))
        let failure = try #require(host.rollout.failures[try revision(2)])
        #expect(failure.phase == .create)
        #expect(failure.message.contains("start_deadline") && failure.message.contains("Docker answers 500"))
        host.settle()
        #expect(host.rollout.instances.count == 1)
        #expect(host.rollout.serving.map(\.id.revision) == [try revision(1)])
        #expect(host.violations.isEmpty)
    }

    @Test func `while Docker is away the revision's time doesn't run`() throws {
        var host = try rolling()
        let id = try #require(candidate(host)?.id)
        var set: [RolloutTimer] = []
        let timers = [RolloutTimer.start(id), .progress(try revision(2))]
        for (failure, expected) in [(passing, []), (outage, timers)] {
            set = []
            host.outstanding.removeAll { $0.instance == id }
            for action in host.rollout.handle(.instance(id, .createFailed(failure))) {
                if case .setTimer(let timer, _) = action, timers.contains(timer) { set.append(timer) }
            }
            #expect(set == expected)
            _ = host.rollout.handle(.timerFired(.retry(id)))
        }
    }

    @Test func `once Docker is back nothing waits any longer`() throws {
        var host = try rolling()
        let id = try #require(candidate(host)?.id)
        try fail(&host, outage)
        host.send(.host(.engineReturned))
        #expect(!host.timers.contains(.retry(id)))
        #expect(host.outstanding.contains { if case .create(id, _, _) = $0 { true } else { false } })
    }

    @Test(arguments: [Instance.Phase.creating, .starting])
    func `one that waits to be repeated and isn't needed any more leaves at once`(phase: Instance.Phase) throws {
        var host = try rolling()
        while candidate(host)?.phase != phase { host.answerOne() }
        let id = try #require(candidate(host)?.id)
        try fail(&host, passing)
        host.send(.document(.defined(try revision(3), try RandomWorldTests.definition(3, replicas: 1))))
        host.fire(.retry(id))
        #expect(phase == .creating ? host.rollout.instances[id] == nil : host.rollout.instances[id]?.phase == .stopping)
        host.settle()
        #expect(host.rollout.current?.revision == (try revision(3)))
        #expect(host.containers.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `a pull's deadline doesn't run while Docker is away, either`() throws {
        var host = try rolling()
        host.send(.document(.defined(try revision(3), try RandomWorldTests.definition(3, replicas: 1))))
        while host.rollout.candidate?.stage.name != .pulling { host.answerOne() }
        var waiting = host.rollout
        #expect(waiting.handle(.candidate(try revision(3), .pullFailed(passing))).allSatisfy { !$0.sets(.pull) })
        waiting = host.rollout
        #expect(waiting.handle(.candidate(try revision(3), .pullFailed(outage))).contains { $0.sets(.pull) })
    }
}

extension RolloutAction {
    fileprivate enum Deadline { case pull }

    fileprivate func sets(_ deadline: Deadline) -> Bool {
        if case .setTimer(.pull, _) = self { true } else { false }
    }
}
