import Addresses
import FoundationEssentials
import TestSupport
import Testing

@testable import ServiceModel

/// An instance is its container's id; labels can be copied, and only lead to a service.
@Suite struct ContainerIdentityTests {
    private func serving(replicas: Int = 1) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1, replicas: replicas))))
        host.settle()
        return host
    }

    @Test(arguments: [ContainerChange.ended(ExitReport(code: 0)), .vanished, .suspended(true)])
    func `what happens to a container with copied labels changes nothing`(change: ContainerChange) throws {
        var host = try serving()
        let before = host.rollout
        host.send(.host(.container(ContainerID("stranger"), change)))
        #expect(host.rollout == before)
        #expect(host.outstanding.isEmpty)
    }

    @Test func `the record names each container by its id`() throws {
        let host = try serving(replicas: 2)
        let entries = try #require(host.record?.containers)
        #expect(entries.count == 2)
        for entry in entries {
            #expect(host.rollout.instances[entry.instance]?.container == ContainerID(entry.container))
        }
        #expect(host.record?.adopted == nil)
    }

    @Test(arguments: ["a", "z"])
    func `of two containers with one instance's labels the recorded one serves on, and the other leaves`(
        name: String
    ) throws {
        var host = try serving()
        let instance = try #require(host.rollout.serving.first)
        let container = try #require(instance.container)
        let double = ContainerID(name)
        host.containers[double] = host.containers[container]
        host.containers[double]?.endpoint = try Endpoint("172.17.0.99:80")
        host.restartDaemon()
        #expect(host.rollout.instances[instance.id]?.container == container)
        #expect(host.rollout.serving.map(\.id) == [instance.id])
        host.settle()
        #expect(Set(host.containers.keys) == [container])
        #expect(host.rollout.serving.map(\.container) == [container])
    }

    @Test(arguments: [Int.max, Int.max - 1, Int.min, -1, 1_000_000_000])
    func `numbers out of range in a saved record don't matter`(number: Int) throws {
        var host = try serving()
        host.record?.lastAttempt = number
        host.record?.handStoppedSlots = [number]
        host.restartDaemon()
        #expect(host.rollout.slots.lastAttempt == 1)
        host.send(.operator(.restartRequested(OperatorNote(by: "anna"))))
        host.settle()
        #expect(host.rollout.serving.map(\.id.attempt) == [2])
        let text = #"{"revision": "1-a", "slot": \#(number), "attempt": \#(number)}"#
        let id = try JSONDecoder().decode(InstanceID.self, from: Data(text.utf8))
        #expect(InstanceID.numbers.contains(id.slot) && InstanceID.numbers.contains(id.attempt))
    }

    @Test func `after the last number come the first again, but those that are taken`() throws {
        var host = try serving()
        host.rollout.slots.lastAttempt = InstanceID.numbers.upperBound - 1
        for number in [InstanceID.numbers.upperBound, 2, 3] {
            host.send(.operator(.restartRequested(OperatorNote(by: "anna"))))
            host.settle()
            #expect(host.rollout.serving.map(\.id.attempt) == [number])
            if number > 3 {
                // The first number is another's.
                let id = InstanceID(revision: try Revision("0-old"), slot: 1, attempt: 1)
                host.rollout.instances[id] = Instance(
                    id: id,
                    definition: try RandomWorldTests.definition(1, replicas: 1),
                    state: .removing(.removed)
                )
            }
        }
    }
}
