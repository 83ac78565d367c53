import Addresses
import ServiceModel
import TestSupport
import Testing

/// Random documents, failures, orders and crashes of the daemon; the promises are checked after every step.
///
/// A failing test names its seed: `WORLD_SEED=7 swift test --filter RandomWorldTests` runs that world alone, and
/// `WORLD_COUNT=20000` runs that many.
@Suite struct RandomWorldTests {
    static let address = "172.18.0.1:7001"
    /// The address of somebody else's virtual service.
    static let foreignAddress = "172.18.0.1:9999"

    static func definition(
        _ number: Int,
        replicas: Int = 1,
        order: RolloutOrder = .startFirst
    ) throws -> ServiceDefinition {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress(address)]
        definition.replicas = replicas
        definition.parallelism = number.isMultiple(of: 2) ? 1 : 2
        if number.isMultiple(of: 5), order == .startFirst { definition.canary = Canary(percent: 20, hold: .seconds(1)) }
        if number.isMultiple(of: 11) { definition.roll = .specification }
        definition.order = order
        return definition
    }

    @Test(arguments: Worlds.seeds(500))
    func `whatever happens, the promises hold and the last good revision is what runs in the end`(seed: UInt64) throws {
        var host = try SimulatedHost(seed: seed)
        let replicas = seed.isMultiple(of: 3) ? 3 : 1
        let order: RolloutOrder = seed.isMultiple(of: 7) ? .stopFirst : .startFirst
        let others: [Endpoint: Int] = [try Endpoint("10.0.0.7:80"): 1]
        host.foreign[try ServiceAddress(Self.foreignAddress)] = others
        host.hasLine = seed.isMultiple(of: 2)
        host.send(.unit(.managerStarted(nil)))
        var revisions = 0
        for _ in 0..<200 {
            switch Int.random(in: 0..<42, using: &host.generator) {
            case 0:
                revisions += 1
                let revision = try Revision("\(revisions)-abcdef")
                if host.generator.once(in: 3) { host.broken.insert(revision) }
                var definition = try Self.definition(revisions, replicas: replicas, order: order)
                if host.generator.once(in: 8) { definition.addresses = [try ServiceAddress(Self.foreignAddress)] }
                host.send(.document(.defined(revision, definition)))
            case 40: host.generator.once(in: 3) ? host.restartEngine() : host.stallOne()
            case 41: host.generator.once(in: 4) ? host.send(.document(.withdrawn)) : host.stallOne()
            case 1: host.send(.document(.rejected(try Revision("999-\(seed)"), ["port: expected a number"])))
            case 2: host.restartDaemon()
            case 3...8: host.observeOne()
            case 12: host.operate()
            case 13: host.reportOne()
            case 9...11: host.fireOneTimer()
            default: host.answerOne()
            }
        }
        revisions += 1
        let last = try Revision("\(revisions)-abcdef")
        host.hasFaults = false
        host.broken = []
        host.releaseByHand()
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(last, try Self.definition(revisions, replicas: replicas, order: order))))
        host.settle()
        #expect(
            host.violations.isEmpty,
            "seed \(seed): \(host.violations)\n\(host.trace)"
        )
        #expect(
            host.rollout.current?.revision == last,
            "seed \(seed)\n\(host.trace)"
        )
        #expect(host.rollout.status.state == .running, "seed \(seed): \(host.rollout.status)")
        #expect(
            host.containers.count == replicas,
            "seed \(seed): \(host.containers.values.map(\.instance)) left over"
        )
        let destinations = host.table[try ServiceAddress(Self.address)] ?? [:]
        #expect(destinations.count == replicas, "seed \(seed): \(destinations)")
        #expect(destinations.values.allSatisfy { $0 == 1 }, "seed \(seed): \(destinations)")
        #expect(Set(host.table.keys) == [try ServiceAddress(Self.address)], "seed \(seed): \(host.table)")
        #expect(host.foreign == [try ServiceAddress(Self.foreignAddress): others])
    }

    @Test(arguments: Worlds.seeds(100))
    func `stopping the manager leaves no container and no virtual service`(seed: UInt64) throws {
        var host = try SimulatedHost(seed: seed)
        host.send(.unit(.managerStarted(nil)))
        for number in 1...3 {
            host.send(.document(.defined(try Revision("\(number)-abcdef"), try Self.definition(number, replicas: 2))))
            for _ in 0..<Int.random(in: 0..<30, using: &host.generator) {
                host.generator.once(in: 4) ? host.observeOne() : host.answerOne()
            }
        }
        host.send(.unit(.managerStopRequested))
        if host.generator.once(in: 2) { host.restartDaemon() }
        host.settle()
        #expect(host.violations.isEmpty, "seed \(seed): \(host.violations)")
        #expect(host.containers.isEmpty, "seed \(seed)")
        #expect(host.table.isEmpty, "seed \(seed)\n\(host.trace)")
        #expect(host.rollout.management == .unmanaged)
    }

    @Test(arguments: Worlds.seeds(100))
    func `three replicas are replaced without ever having fewer than three in service`(seed: UInt64) throws {
        var host = try SimulatedHost(seed: seed)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try Self.definition(1, replicas: 3))))
        host.settle()
        let address = try ServiceAddress(Self.address)
        var most = 0
        host.afterEach = { host in
            let serving = host.table[address]?.values.filter { $0 > 0 }.count ?? 0
            if serving < 3 { host.violations.append(.init(invariant: "replicas", message: "\(serving) of 3 serve")) }
            most = max(most, host.containers.values.filter(\.isRunning).count)
        }
        for number in 2...4 {
            host.send(.document(.defined(try Revision("\(number)-abcdef"), try Self.definition(number, replicas: 3))))
            if host.generator.once(in: 2) { host.restartDaemon() }
            host.settle()
        }
        host.send(.operator(.restartRequested(OperatorNote(by: "anna"))))
        host.settle()
        #expect(host.violations.isEmpty, "seed \(seed): \(host.violations)")
        #expect(host.rollout.current?.revision == (try Revision("4-abcdef")))
        #expect(host.containers.values.allSatisfy { $0.instance.attempt > 9 }, "all were replaced")
        // Two at a time come up; what they replace may still be draining.
        #expect(most <= 7, "seed \(seed): \(most) ran at once")
    }

    @Test func `a process that has ended loses its destination before Docker tells how it ended`() throws {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try Self.definition(1, replicas: 2))))
        host.settle()
        let address = try ServiceAddress(Self.address)
        let id = try #require(host.rollout.instances.keys.min())
        let container = try #require(host.rollout.instances[id]?.container)
        host.containers[container]?.isRunning = false
        host.transcript = []
        host.unreported = [id]
        host.send(.host(.container(container, .ended(nil))))
        host.answerOne()
        #expect(host.table[address]?.values.sorted() == [1])
        #expect(host.rollout.serving.count == 1)
        // Whatever comes before Docker's word doesn't bring it back.
        for event in [
            .instance(id, .probed(.passing)), .host(.container(container, .suspended(false))), .instance(id, .attached),
            .host(.container(container, .ended(nil))),
        ]
            as [RolloutEvent]
        {
            host.send(event)
        }
        #expect(host.table[address]?.values.sorted() == [1])
        host.unreported = []
        host.send(.host(.container(container, .ended(ExitReport(code: 7)))))
        #expect(host.rollout.exits[try Revision("1-abcdef")]?.code == 7)
        host.settle()
        #expect(host.table[address]?.values.sorted() == [1, 1])
        #expect(host.violations.isEmpty)
    }

    @Test func `a restart while all is well writes nothing and touches no container`() throws {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try Self.definition(1, replicas: 2))))
        host.settle()
        let before = (host.table, host.containers.keys.sorted { $0.rawValue < $1.rawValue })
        host.restartDaemon()
        #expect(host.outstanding.isEmpty, "\(host.outstanding)")
        #expect(host.table == before.0)
        #expect(host.containers.keys.sorted { $0.rawValue < $1.rawValue } == before.1)
        #expect(host.rollout.status.state == .running)
    }
}
