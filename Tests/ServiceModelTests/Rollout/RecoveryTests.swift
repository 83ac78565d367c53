import Addresses
import ServiceModel
import Testing

/// What a daemon that starts again makes of what it finds; the stories behind faults that random worlds have found.
@Suite struct RecoveryTests {
    private func serving(replicas: Int = 2) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1, replicas: replicas))))
        host.settle()
        return host
    }

    @Test func `an order to restart is carried out although the daemon is killed before it has begun`() throws {
        var host = try serving()
        let before = Set(host.containers.keys)
        host.send(.operator(.restartRequested(OperatorNote(by: "anna"))))
        host.outstanding = []
        host.restartDaemon()
        host.settle()
        #expect(before.isDisjoint(with: host.containers.keys))
        #expect(host.containers.count == 2)
    }

    @Test func `what a person stopped during a pause stays down over a restart of the daemon`() throws {
        var host = try serving()
        host.send(.operator(.pauseRequested(OperatorNote(by: "anna"))))
        let container = try #require(host.containers.keys.first)
        host.crash(container, ExitReport(code: 0, isByHand: true))
        host.settle()
        host.restartDaemon()
        host.settle()
        #expect(host.containers.values.filter(\.isRunning).count == 1)
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.containers.values.map(\.isRunning) == [true, true])
    }

    @Test func `a unit that a person stopped stays down for its 30 seconds over a restart of the daemon`() throws {
        var host = try serving()
        host.send(.unit(.revisionStopRequested(try Revision("1-abcdef"))))
        host.settle { $0 != .handStop }
        host.restartDaemon()
        host.settle { $0 != .handStop }
        #expect(host.containers.isEmpty)
        host.settle()
        #expect(host.containers.count == 2)
    }

    @Test func `an ejected backend is neither replaced nor given traffic by a restart of the daemon`() throws {
        var host = try serving()
        let sick = try #require(host.containers.keys.first)
        host.sick = [sick]
        host.settle()
        let before = host.table
        host.restartDaemon()
        #expect(host.outstanding.isEmpty, "\(host.outstanding)")
        host.settle()
        #expect(host.table == before)
        host.sick = []
        host.settle()
        #expect(host.table.values.flatMap(\.values) == [1, 1])
        #expect(host.containers.keys.contains(sick))
    }

    @Test func `a service that is being withdrawn doesn't come back when the daemon is killed`() throws {
        var host = try serving()
        host.send(.document(.withdrawn))
        host.fire(.withdrawal)
        host.restartDaemon()
        host.settle()
        #expect(host.containers.isEmpty)
        #expect(host.rollout.current == nil)
        #expect(host.rollout.kept.isEmpty)
        #expect(host.rollout.management == .unmanaged)
    }

    @Test func `a document that is put back while its service still drains is served again`() throws {
        var host = try serving()
        host.send(.document(.withdrawn))
        host.fire(.withdrawal)
        #expect(host.rollout.management == .stopping(.withdrawn))
        host.send(.document(.defined(try Revision("2-abcdef"), try RandomWorldTests.definition(2, replicas: 2))))
        host.settle()
        #expect(host.rollout.status.state == .running)
        #expect(host.containers.count == 2)
    }

    @Test func `a claim that is answered after the service was stopped leaves no virtual service`() throws {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1))))
        host.send(.unit(.managerStopRequested))
        #expect(host.rollout.management == .stopping(.manager))
        host.settle()
        #expect(host.table.isEmpty)
        #expect(host.rollout.management == .unmanaged)
    }

    @Test func `a virtual service that was made before the daemon was killed is deleted with its service`() throws {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1))))
        _ = host.outstanding.first.map { host.answer(to: $0, fails: false) }
        host.outstanding = []
        host.send(.unit(.managerStopRequested))
        #expect(host.table.count == 1)
        host.restartDaemon()
        host.settle()
        #expect(host.table.isEmpty)
    }

    @Test func `a container that was disconnected while nobody looked is stopped, removed and replaced`() throws {
        var host = try serving()
        let container = try #require(host.containers.keys.first)
        let id = try #require(host.containers[container]?.instance)
        let endpoint = try #require(host.containers[container]?.endpoint)
        host.loseNetwork(id)
        host.outstanding = []
        host.restartDaemon()
        host.settle()
        #expect(host.containers[container] == nil)
        #expect(host.containers.count == 2)
        #expect(host.table.values.allSatisfy { $0[endpoint] == nil })
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `an adopted container is found again without labels, and leaves without a trace when it is replaced`()
        throws
    {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        let (adopted, container) = try TranscriptTests.stranger(&host)
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(adopted.revision, try RandomWorldTests.definition(1))))
        host.settle()
        host.foreign = [:]
        let table = host.table
        host.send(.operator(.adopted(adopted)))
        #expect(host.outstanding.isEmpty, "\(host.outstanding)")
        #expect(host.rollout.status.state == .running)
        host.restartDaemon()
        #expect(host.outstanding.isEmpty, "\(host.outstanding)")
        host.settle()
        #expect(host.table == table)
        #expect(host.containers.keys.map(\.self) == [container])
        host.send(.document(.defined(try Revision("2-abcdef"), try RandomWorldTests.definition(2))))
        host.settle()
        #expect(host.containers[container] == nil)
        #expect(host.record?.adopted == nil)
        #expect(host.rollout.current?.revision.rawValue == "2-abcdef")
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a service whose unit names its address is found in service again by the next daemon`() throws {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted([try ServiceAddress("172.18.0.1:7005")])))
        var definition = try RandomWorldTests.definition(1)
        definition.addresses = []
        host.send(.document(.defined(try Revision("1-abcdef"), definition)))
        host.settle()
        host.containers = host.containers.mapValues { found in
            // What the labels say: the document as it is, without the unit's address.
            var found = found
            found.definition.addresses = []
            return found
        }
        host.managerUnit = nil
        host.restartDaemon()
        #expect(host.outstanding.isEmpty, "\(host.outstanding)")
        #expect(host.rollout.serving.count == 1)
        let instance = try #require(host.rollout.serving.first)
        #expect(instance.definition.addresses.map(\.description) == ["172.18.0.1:7005"])
    }

    @Test func `what a boot took of the kernel's table isn't missing until it is needed again`() throws {
        var host = try serving()
        let record = host.rollout.record
        #expect(record.claimed.count == 1)
        let definitions = [try Revision("1-abcdef"): try RandomWorldTests.definition(1, replicas: 2)]
        let before = Rollout.recovered(
            try ServiceID("web"),
            record: record,
            definitions: definitions,
            observation: Observation()
        )
        #expect(before.0.wantedTraffic.count == 1)
        let after = Rollout.recovered(
            try ServiceID("web"),
            record: record,
            definitions: definitions,
            observation: Observation(isFirstOfBoot: true)
        )
        #expect(after.0.wantedTraffic.isEmpty)
        host.containers = [:]
        host.table = [:]
        host.settle()
        #expect(host.rollout.record.current == record.current)
    }

    @Test func `a backend that is being drained by hand is drained by the next daemon, too`() throws {
        var host = try serving()
        let id = try #require(host.rollout.serving.first?.id)
        host.send(.operator(.drainRequested(id, isForced: false)))
        host.outstanding = []
        host.restartDaemon()
        host.settle()
        #expect(host.table.values.flatMap(\.values).sorted() == [0, 1])
    }
}
