package import Logging
package import ServiceModel

/// Compares the kernel's table with what the services want, every 3 s, and soon after a service has changed.
///
/// The table is read once for all services, and only differences are passed on.
package struct TrafficWatcher<Balancer: LoadBalancer, Time: Clock>: Sendable where Time.Duration == Duration {
    private let balancer: Balancer
    private let registry: ServiceRegistry
    private let clock: Time
    private let logger: Logger
    private let drifted: @Sendable (ServiceID, [TrafficRepair]) -> Void

    /// - Parameters:
    ///   - balancer: Reads the table.
    ///   - registry: What the services want.
    ///   - clock: Paces the comparisons.
    ///   - logger: Logs that the table can't be read.
    ///   - drifted: Called with the differences of one service. A write of that service may be under way, so they must be
    ///     compared again in its lane.
    package init(
        balancer: Balancer,
        registry: ServiceRegistry,
        clock: Time,
        logger: Logger,
        drifted: @escaping @Sendable (ServiceID, [TrafficRepair]) -> Void
    ) {
        self.balancer = balancer
        self.registry = registry
        self.clock = clock
        self.logger = logger
        self.drifted = drifted
    }

    /// Watches until it is cancelled.
    package func run() async {
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in registry.changes() { tick.yield() }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await clock.sleep(for: .seconds(3))
                    tick.yield()
                }
            }
            var isBlind = false
            for await _ in ticks {
                // Gives a service's newest decision time to be written, and combines changes that come close together.
                guard (try? await clock.sleep(for: .milliseconds(500))) != nil else { break }
                isBlind = await look(wasBlind: isBlind)
            }
            group.cancelAll()
        }
    }

    /// Compares once; returns whether the table couldn't be read.
    private func look(wasBlind: Bool) async -> Bool {
        let wanted = registry.rollouts.map { ($0.service, $0.wantedTraffic) }.filter { !$0.1.isEmpty }
        guard !wanted.isEmpty else { return false }
        do throws(Failure) {
            let observed = try await balancer.observeAll()
            for (service, wanted) in wanted {
                let repairs = DestinationDrift.repairs(wanted: wanted, observed: observed)
                if !repairs.isEmpty { drifted(service, repairs) }
            }
            return false
        } catch {
            if !wasBlind { logger.warning("the kernel's table can't be compared: \(error)", [.error: "\(error)"]) }
            return true
        }
    }
}
