import Addresses
import ServiceModel
import TestSupport
import Testing

/// Containers of a service that it doesn't know, and services that were rebuilt from their containers.
@Suite struct StrayTests {
    private let endpoint = try? Endpoint("172.17.0.9:80")

    private func definition(_ addresses: [String] = ["172.18.0.1:7001"]) throws -> ServiceDefinition {
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = try addresses.map { try ServiceAddress($0) }
        return definition
    }

    private func serving() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try definition())))
        host.settle()
        return host
    }

    private func stray(_ state: ObservedContainer.State, attempt: Int = 9) throws -> ObservedContainer {
        ObservedContainer(
            container: ContainerID("stray"),
            instance: InstanceID(revision: try Revision("1-abcdef"), slot: 1, attempt: attempt),
            definition: try definition(),
            state: state
        )
    }

    @Test func `a stray that runs is drained, stopped and removed, and what serves goes on`() throws {
        var host = try serving()
        let serving = host.rollout.serving.map(\.id)
        host.send(.host(.strayFound(try stray(.running(try #require(endpoint))))))
        let drains = host.outstanding.filter { if case .drain = $0 { true } else { false } }
        #expect(drains.count == 1)
        #expect(host.timers.contains { if case .drain = $0 { true } else { false } })
        host.settle()
        #expect(host.rollout.instances.count == 1)
        #expect(host.rollout.serving.map(\.id) == serving)
        #expect(host.violations.isEmpty)
    }

    @Test func `a stray that never ran is removed`() throws {
        var host = try serving()
        host.send(.host(.strayFound(try stray(.created))))
        #expect(host.outstanding.contains { if case .remove(_, ContainerID("stray")) = $0 { true } else { false } })
        host.settle()
        #expect(host.rollout.instances.count == 1)
        #expect(host.rollout.slots.lastAttempt == 9)
    }

    @Test func `a container that is known is left alone`() throws {
        var host = try serving()
        let known = try #require(host.rollout.serving.first)
        let before = host.rollout.instances
        var stray = try stray(.running(try #require(endpoint)))
        stray.container = try #require(known.container)
        host.send(.host(.strayFound(stray)))
        #expect(host.rollout.instances == before)
        #expect(host.rollout.ignoredEvents == 1)
    }

    @Test func `one with a known one's labels is another, and leaves by itself`() throws {
        var host = try serving()
        let known = try #require(host.rollout.serving.first)
        host.send(.host(.strayFound(try stray(.running(try #require(endpoint)), attempt: known.id.attempt))))
        #expect(host.rollout.instances.count == 2)
        #expect(host.rollout.instances[known.id] == known)
        host.settle()
        #expect(host.rollout.instances == [known.id: known])
        #expect(host.violations.isEmpty)
    }

    @Test func `what a unit's address was attached to is adopted with it, and leaves the table by it`() throws {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        let address = try ServiceAddress("172.18.0.1:7009")
        host.send(.unit(.managerStarted([address])))
        host.send(.document(.defined(try Revision("1-abcdef"), try definition([]))))
        host.settle()
        #expect(host.table[address]?.count == 1)
        // Docker's label has the document, which names no address.
        let observed = host.containers.map { id, found in
            ObservedContainer(
                container: id,
                instance: found.instance,
                definition: try? definition([]),
                endpoint: found.endpoint
            )
        }
        let (rollout, actions) = Rollout.recovered(
            host.rollout.service,
            record: host.rollout.record,
            definitions: host.definitions,
            observation: Observation(containers: observed.compactMap(\.self), destinations: host.table)
        )
        #expect(rollout.serving.map(\.definition.addresses) == [[address]])
        #expect(actions.allSatisfy { if case .probe = $0 { true } else { false } })
        // With the record lost, where the traffic comes from tells the address.
        let (rebuilt, first) = Rollout.recovered(
            host.rollout.service,
            record: nil,
            definitions: [:],
            observation: Observation(containers: observed.compactMap(\.self), destinations: host.table)
        )
        #expect(rebuilt.units.addresses == [address])
        #expect(rebuilt.serving.map(\.id) == rollout.serving.map(\.id))
        #expect(rebuilt.current?.revision == rollout.current?.revision)
        #expect(first.allSatisfy { if case .probe = $0 { true } else { false } })
    }
}

extension ObservedContainer {
    fileprivate init?(
        container: ContainerID,
        instance: InstanceID,
        definition: ServiceDefinition?,
        endpoint: Endpoint?
    ) {
        guard let definition, let endpoint else { return nil }
        self.init(container: container, instance: instance, definition: definition, state: .running(endpoint))
    }
}

/// What the status says of containers that end by themselves.
@Suite struct RestartStatusTests {
    private func serving() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        host.send(.document(.defined(try Revision("1-abcdef"), definition)))
        host.settle()
        return host
    }

    /// Brings the next container up to serving, without its having been stable.
    private func serve(_ host: inout SimulatedHost) throws {
        host.settle { if case .restart = $0 { true } else { false } }
        #expect(host.rollout.serving.count == 1)
    }

    private func end(_ host: inout SimulatedHost, _ report: ExitReport) throws {
        let id = try #require(host.rollout.serving.first?.id)
        let container = try #require(host.rollout.instances[id]?.container)
        host.containers[container]?.isRunning = false
        host.send(.instance(id, .exited(report)))
    }

    @Test func `exit codes, memory and crash loops are told apart`() throws {
        var host = try serving()
        try end(&host, ExitReport(code: 3))
        var restart = try #require(host.rollout.status.restarts?.first)
        #expect(restart.cause == .exit)
        #expect(restart.exitCode == 3)
        #expect(restart.count == 1)
        #expect(restart.delay == 1)
        #expect(host.rollout.status.detail == "1-abcdef restarting, 1st time, exit 3")
        try serve(&host)
        try end(&host, ExitReport(code: 137, outOfMemory: true))
        restart = try #require(host.rollout.status.restarts?.first)
        #expect(restart.cause == .outOfMemory)
        #expect(!restart.isCrashLoop)
        #expect(restart.delay == 2)
        #expect(host.rollout.status.detail == "1-abcdef restarting, 2nd time, exit 137 out of memory")
        try serve(&host)
        try end(&host, ExitReport(code: 1))
        restart = try #require(host.rollout.status.restarts?.first)
        #expect(restart.isCrashLoop)
        #expect(restart.isWaiting)
        #expect(restart.delay == 4)
        #expect(host.rollout.status.detail == "1-abcdef restarting, 3rd time (crash loop), exit 1")
    }

    @Test func `a container that was stopped by hand isn't a crash`() throws {
        var host = try serving()
        try end(&host, ExitReport(code: 137, isByHand: true))
        let restart = try #require(host.rollout.status.restarts?.first)
        #expect(restart.cause == .byHand)
        #expect(restart.count == 0)
        #expect(host.rollout.status.detail == "1-abcdef stopped by hand, started again 30s after that")
    }

    @Test func `once it is stable nothing is said of it any more`() throws {
        var host = try serving()
        try end(&host, ExitReport(code: 3))
        host.settle()
        #expect(host.rollout.status.restarts == nil)
        #expect(host.rollout.status.state == .running)
    }
}
