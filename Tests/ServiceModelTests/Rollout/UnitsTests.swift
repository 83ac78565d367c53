import Addresses
import ServiceModel
import TestSupport
import Testing

/// What a rollout wants of units, and what is done to them by hand.
@Suite struct UnitsTests {
    private func serving() throws -> (SimulatedHost, Revision) {
        var host = try SimulatedHost(seed: 7)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        let revision = try Revision("1-abcdef")
        host.send(.document(.defined(revision, definition)))
        host.settle()
        #expect(host.rollout.unitWishes.revisions == [revision: .active(isReady: true)])
        return (host, revision)
    }

    @Test func `a revision that a person stopped comes back at once when a person starts its unit`() throws {
        var (host, revision) = try serving()
        host.send(.unit(.revisionStopRequested(revision)))
        host.settle { $0 != .handStop }
        #expect(host.rollout.unitWishes.revisions.isEmpty)
        #expect(host.rollout.unitWishes.current == revision)
        host.send(.unit(.revisionStartRequested(revision)))
        host.settle { $0 != .handStop }
        #expect(host.rollout.unitWishes.revisions == [revision: .active(isReady: true)])
    }

    @Test func `a service whose address is its unit's is adopted as it is after a restart of the daemon`() throws {
        var host = try SimulatedHost(seed: 7)
        host.hasFaults = false
        host.send(.unit(.managerStarted([try ServiceAddress("172.18.0.1:7001")])))
        let revision = try Revision("1-abcdef")
        // Its document has no address, and so the container's label has none.
        host.send(.document(.defined(revision, ServiceDefinition(image: "web:1", port: try Port("80")))))
        host.settle()
        let before = host.table
        #expect(before.values.contains { $0.values.contains { $0 > 0 } })
        let definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        let id = try #require(host.rollout.instances.keys.first)
        let endpoint = try #require(host.rollout.instances[id]?.endpoint)
        let observed = ObservedContainer(
            container: try #require(host.rollout.instances[id]?.container),
            instance: id,
            definition: definition,
            state: .running(endpoint)
        )
        let (recovered, actions) = Rollout.recovered(
            host.rollout.service,
            record: host.rollout.record,
            definitions: [revision: definition],
            observation: Observation(containers: [observed], destinations: before)
        )
        #expect(recovered.serving.map(\.id) == [id])
        #expect(recovered.wantedTraffic == host.rollout.wantedTraffic)
        for action in actions {
            switch action {
            case .probe, .setTimer, .cancelTimer, .tell: break
            default: Issue.record("more than a look: \(action)")
            }
        }
    }

    @Test func `a service that runs is degraded while its units' name is another program's`() throws {
        var (host, _) = try serving()
        let path = "/lib/systemd/system/web@.service"
        host.send(.unit(.unitsTaken(by: path)))
        #expect(host.rollout.status.state == .degraded)
        #expect(host.rollout.status.detail?.contains(path) == true)
        host.send(.unit(.unitsTaken(by: nil)))
        #expect(host.rollout.status.state == .running)
    }

    @Test func `units of a service that is being stopped aren't to be started`() throws {
        var (host, revision) = try serving()
        #expect(host.rollout.unitWishes.isManaged)
        host.send(.unit(.managerStopRequested))
        #expect(!host.rollout.unitWishes.isManaged)
        #expect(host.rollout.unitWishes.current == nil)
        host.send(.unit(.revisionStartRequested(revision)))
        host.settle()
        #expect(host.rollout.unitWishes.manager == nil)
        #expect(host.containers.isEmpty)
    }

    @Test func `a container that waits for its restart doesn't wait any longer once Docker is back`() throws {
        var (host, revision) = try serving()
        let id = try #require(host.rollout.instances.keys.first)
        host.send(.instance(id, .exited(ExitReport(code: 137))))
        host.settle { timer in if case .restart = timer { false } else { true } }
        #expect(host.rollout.unitWishes.revisions.isEmpty)
        host.send(.host(.engineReturned))
        host.settle { timer in if case .restart = timer { false } else { true } }
        #expect(host.rollout.unitWishes.revisions == [revision: .active(isReady: true)])
    }
}
