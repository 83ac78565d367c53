import Addresses
import TestSupport
import Testing

@testable import ServiceModel

/// A revision that waits for addresses that it can't have now.
@Suite struct ClaimWaitTests {
    private let taken = Failure(
        "172.18.0.1:7002 belongs to the service api: give one of them another",
        isTransient: true
    )

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abcdef") }

    private func define(_ number: Int, _ host: inout SimulatedHost, address: String) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress(address)]
        host.send(.document(.defined(try revision(number), definition)))
    }

    /// A service that serves at one address, and whose next revision is refused another.
    private func refused() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        try define(1, &host, address: "172.18.0.1:7001")
        host.settle()
        try define(2, &host, address: "172.18.0.1:7002")
        host.outstanding = []
        host.send(.candidate(try revision(2), .claimFailed(taken)))
        return host
    }

    @Test func `services that swap addresses don't wait for each other for ever`() throws {
        var host = try refused()
        let deadline = RolloutTimer.claim(try revision(2))
        #expect(host.timers.contains(deadline))
        for _ in 0..<5 {
            host.fire(.claimRetry(try revision(2)))
            host.outstanding = []
            host.send(.candidate(try revision(2), .claimFailed(taken)))
        }
        #expect(host.timers.filter { $0 == deadline }.count == 1)
        host.fire(deadline)
        #expect(host.rollout.candidate == nil)
        let failure = try #require(host.rollout.failures[try revision(2)])
        #expect(failure.phase == .address)
        #expect(failure.message.contains("(progress_deadline): 172.18.0.1:7002 belongs to the service api"))
        #expect(host.rollout.serving.count == 1, "what serves was never touched")
        #expect(host.rollout.status.state == .degraded)
        #expect(host.violations.isEmpty, "\(host.violations)")
    }

    @Test func `a revision that waited too long is tried again when addresses change, also after a restart`() throws {
        for restarts in [false, true] {
            var host = try refused()
            host.fire(.claim(try revision(2)))
            if restarts { host.restartDaemon() }
            host.settle()
            #expect(host.rollout.candidate == nil)
            host.send(.host(.addressesChanged))
            #expect(host.rollout.candidate?.revision == (try revision(2)))
            host.settle()
            #expect(host.rollout.current?.revision == (try revision(2)))
            #expect(host.violations.isEmpty, "\(host.violations)")
        }
    }

    @Test func `the wait is over with the addresses, and stands still during a pause`() throws {
        var host = try refused()
        let deadline = RolloutTimer.claim(try revision(2))
        host.send(.operator(.pauseRequested(OperatorNote(by: "anna"))))
        #expect(!host.timers.contains(deadline))
        host.send(.operator(.resumeRequested))
        #expect(host.timers.contains(deadline))
        host.fire(.claimRetry(try revision(2)))
        host.settle { $0 != deadline }
        #expect(!host.timers.contains(deadline))
        #expect(host.rollout.current?.revision == (try revision(2)))
    }

    @Test func `another failure isn't forgiven when addresses change`() throws {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.qualities[try revision(1)] = .cannotStart
        try define(1, &host, address: "172.18.0.1:7001")
        host.settle()
        host.send(.host(.addressesChanged))
        #expect(host.rollout.candidate == nil)
        #expect(host.rollout.management == .failed(try revision(1)))
    }
}
