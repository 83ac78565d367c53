import Addresses
import Logging
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// When the kernel's table is compared with what the services want.
@Suite struct TrafficWatcherTests {
    @Test func `what differs is passed on, once per look`() throws {
        let rollout = try Rollout.serving("1")
        let address = try ServiceAddress("172.18.0.1:7001")
        let endpoint = try Endpoint("172.17.0.2:80")
        let (host, board, clock) = (FakeHost(), StatusBoard(), ManualClock())
        let executor = StepExecutor(seed: 1)
        let settings = try #require(rollout.wantedTraffic[address]?.settings)
        host.make(address, settings, [endpoint: 1])
        board.update(rollout)
        let drifted = Mutex<[TrafficRepair]>([])
        let watch = TrafficWatcher(
            balancer: host,
            registry: board.registry,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { service, repairs in
            #expect(service.rawValue == "web")
            drifted.withLock { $0 += repairs }
        }
        func pass(_ duration: Duration) {
            clock.advance(by: duration)
            executor.runUntilIdle()
        }
        let task = Task(executorPreference: executor) { await watch.run() }
        defer {
            task.cancel()
            executor.runUntilIdle()
        }
        executor.runUntilIdle()
        pass(.milliseconds(500))
        #expect(drifted.withLock { $0 } == [], "all is as it should be")
        host.meddle(address) { $0 = [:] }
        pass(.milliseconds(2_500))
        #expect(drifted.withLock { $0 } == [], "what a service has just decided gets time to be written")
        pass(.milliseconds(500))
        let missing = TrafficRepair(address, .destinationMissing(endpoint, weight: 1))
        #expect(drifted.withLock { $0 } == [missing])
        pass(.milliseconds(2_500))
        pass(.milliseconds(500))
        #expect(drifted.withLock { $0 } == [missing, missing])
        host.meddle(address) { $0 = [endpoint: 1] }
        pass(.milliseconds(2_500))
        pass(.milliseconds(500))
        #expect(drifted.withLock { $0 } == [missing, missing])
    }
}
