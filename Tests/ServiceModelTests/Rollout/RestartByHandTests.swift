import Addresses
import TestSupport
import Testing

@testable import ServiceModel

/// A container that somebody stopped or restarted with Docker's own commands.
@Suite struct RestartByHandTests {
    private func serving(replicas: Int = 1) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 5)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1, replicas: replicas))))
        host.settle()
        return host
    }

    private let address = RandomWorldTests.address

    private func destinations(_ host: SimulatedHost) throws -> [String: Int] {
        let found = host.table[try ServiceAddress(address)] ?? [:]
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.description, $0.value) })
    }

    /// Carries out what is outstanding, and nothing that waits for a timer.
    private func answerAll(_ host: inout SimulatedHost) {
        while !host.outstanding.isEmpty { host.answerOne() }
    }

    @Test func `a container that is restarted is probed at its new address, and in service again`() throws {
        var host = try serving()
        let before = try #require(host.rollout.serving.first)
        let container = try #require(before.container)
        host.stopByHand(container)
        answerAll(&host)
        #expect(try destinations(host).isEmpty)
        #expect(host.containers[container] != nil)
        #expect(host.rollout.status.backends.map(\.phase) == ["stopped"])
        host.startAgainByHand()
        #expect(!host.timers.contains(.restart(slot: before.id.slot)))
        host.settle()
        #expect(host.rollout.serving.map(\.container) == [container])
        #expect(try destinations(host) == [try #require(host.containers[container]?.endpoint).description: 1])
        #expect(try destinations(host).keys.first?.hasPrefix("172.19.") == true)
        #expect(host.rollout.status.state == .running)
        #expect(host.rollout.status.restarts == nil)
        #expect(host.containers.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `one that is started before its destination is gone comes after that`() throws {
        var host = try serving()
        let container = try #require(host.rollout.serving.first?.container)
        host.stopByHand(container)
        #expect(host.rollout.instances.values.map(\.phase) == [.detaching])
        host.startAgainByHand()
        #expect(host.rollout.instances.values.map(\.phase) == [.detaching])
        host.answerOne()
        #expect(host.rollout.instances.values.map(\.phase) == [.probing])
        host.settle()
        #expect(host.rollout.serving.map(\.container) == [container])
        #expect(host.violations.isEmpty)
    }

    @Test func `one that stays stopped is replaced when its time is over`() throws {
        var host = try serving()
        let container = try #require(host.rollout.serving.first?.container)
        host.stopByHand(container)
        answerAll(&host)
        host.settle()
        #expect(host.containers[container] == nil)
        #expect(host.rollout.serving.count == 1)
        #expect(host.rollout.status.state == .running)
        #expect(host.violations.isEmpty)
    }

    @Test func `in a pause it can be started again for as long as that lasts`() throws {
        var host = try serving()
        let container = try #require(host.rollout.serving.first?.container)
        host.send(.operator(.pauseRequested(OperatorNote(by: "anna"))))
        host.stopByHand(container)
        host.settle()
        #expect(host.containers[container] != nil)
        host.startAgainByHand()
        host.settle()
        #expect(host.rollout.serving.map(\.container) == [container])
        host.stopByHand(container)
        host.settle()
        host.send(.operator(.resumeRequested))
        host.settle()
        #expect(host.containers[container] == nil)
        #expect(host.rollout.serving.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `a crash is no stop by hand, and its container goes`() throws {
        var host = try serving()
        let container = try #require(host.rollout.serving.first?.container)
        host.crash(container, ExitReport(code: 1))
        answerAll(&host)
        #expect(host.containers[container] == nil)
    }

    @Test func `a restart that nobody told of is seen by the other address`() throws {
        var host = try serving(replicas: 2)
        let instance = try #require(host.rollout.serving.first)
        let container = try #require(instance.container)
        let moved = try Endpoint("172.19.0.7:80")
        host.containers[container]?.endpoint = moved
        host.send(.host(.container(container, .restarted(moved))))
        answerAll(&host)
        #expect(try destinations(host).count == 1)
        host.settle()
        #expect(try destinations(host).keys.contains(moved.description))
        #expect(host.rollout.serving.contains { $0.container == container })
        #expect(host.containers.count == 2)
        #expect(host.violations.isEmpty)
        let before = host.rollout
        host.send(.host(.container(container, .restarted(moved))))
        #expect(host.rollout == before)
    }

    @Test func `what is started again and removed, before its destination is deleted, is forgotten`() throws {
        var host = try serving()
        let (id, instance) = try #require(host.rollout.instances.first)
        let container = try #require(instance.container)
        host.stopByHand(container)
        #expect(host.rollout.instances[id]?.phase == .detaching)
        host.send(.host(.container(container, .restarted(try Endpoint("172.19.0.7:80")))))
        host.containers[container] = nil
        host.send(.host(.container(container, .vanished)))
        host.settle()
        #expect(host.rollout.instances[id] == nil)
        #expect(host.rollout.serving.count == 1)
        #expect(host.violations.isEmpty)
    }

    @Test func `what a person stopped can be started again after a restart of the daemon, too`() throws {
        var host = try serving()
        let container = try #require(host.rollout.serving.first?.container)
        host.stopByHand(container)
        answerAll(&host)
        host.restartDaemon()
        #expect(host.rollout.instances.values.map(\.isKept) == [true])
        host.startAgainByHand()
        host.settle()
        #expect(host.rollout.serving.map(\.container) == [container])
        #expect(host.violations.isEmpty)
    }
}

/// Which signals and ends are a stop by hand.
@Suite struct StopRequestTests {
    private let container = ContainerID("1")

    /// Whether a container that got a signal, and ended so much later, was told to end.
    private func isAsked(_ signal: Int, code: Int, after seconds: Int64, stopSignal: String = "SIGTERM") -> Bool {
        var requests = StopRequests()
        requests.sent(signal, to: container, at: 5)
        return requests.isAsked(
            container,
            code: code,
            at: 5 + seconds * 1_000_000_000,
            stopSignal: StopRequests.number(stopSignal) ?? 0,
            stopTimeout: .seconds(30)
        )
    }

    @Test func `docker stop and docker kill are a person's`() {
        #expect(isAsked(15, code: 0, after: 2))
        #expect(isAsked(15, code: 0, after: 35))
        #expect(isAsked(9, code: 137, after: 0))
        #expect(isAsked(2, code: 0, after: 3))
        #expect(isAsked(28, code: 0, after: 3, stopSignal: "SIGWINCH"))
        #expect(isAsked(3, code: 0, after: 20, stopSignal: "QUIT"))
    }

    @Test func `a signal that makes it read its files again isn't, whatever comes later`() {
        for signal in [1, 10, 12, 28] {
            #expect(!isAsked(signal, code: 1, after: 2))
            #expect(!isAsked(signal, code: 1, after: 3_600))
        }
        // Its program doesn't know the signal, and so was ended by it.
        #expect(isAsked(1, code: 129, after: 0))
        #expect(!isAsked(1, code: 129, after: 3_600))
    }

    @Test func `an end long after the signal is a crash`() {
        #expect(!isAsked(15, code: 1, after: 3_600))
        #expect(!isAsked(9, code: 1, after: 3_600))
    }

    @Test func `without a signal, and after it was dealt with, it is a crash`() {
        var requests = StopRequests()
        func isAsked(_ requests: StopRequests) -> Bool {
            requests.isAsked(container, code: 1, at: 5, stopSignal: 15, stopTimeout: .seconds(30))
        }
        #expect(!isAsked(requests))
        requests.sent(nil, to: container, at: 5)
        #expect(isAsked(requests))
        requests.forget(container)
        #expect(!isAsked(requests))
    }

    @Test func `signals are known by all their names`() {
        #expect(["SIGTERM", "TERM", "term", "15"].allSatisfy { StopRequests.number($0) == 15 })
        #expect(StopRequests.number("SIGRTMIN+3") == 37)
        #expect(StopRequests.number("SIGRTMAX-1") == 63)
        #expect(StopRequests.number("SIGNOTHING") == nil)
    }
}
