package import HostNetwork
package import Logging
import ServiceModel

/// Keeps the host's firewall rules and bridge ports as the services need them, level-triggered: whenever a service changes,
/// and every 10 s, because a restart of Docker and a reload of a firewall undo them.
package struct HostNetworkKeeper<Time: Clock>: Sendable where Time.Duration == Duration {
    private let network: HostNetwork
    private let board: StatusBoard
    private let clock: Time
    private let logger: Logger

    package init(network: HostNetwork, board: StatusBoard, clock: Time, logger: Logger) {
        self.network = network
        self.board = board
        self.clock = clock
        self.logger = logger
    }

    /// Keeps them until it is cancelled.
    package func run() async {
        let (ticks, tick) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(2))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in board.registry.changes() { tick.yield(false) }
            }
            group.addTask {
                while !Task.isCancelled {
                    tick.yield(true)
                    try? await clock.sleep(for: .seconds(10))
                }
            }
            var lastPlan: HostNetworkPlan?
            var lastError: String?
            var findings: [HostNetworkFinding] = []
            var looksUntilChecked = 0
            // At the start, services have yet to report what they need. What the last daemon wrote stays until then.
            for await isDue in ticks where board.registry.isComplete {
                let plan = board.registry.networkPlan
                guard plan != lastPlan || isDue || lastError != nil else { continue }
                let (error, hasChanged) = await apply(plan)
                if let error, error != lastError {
                    logger.error("the host's network can't be set up: \(error)", [.error: error])
                }
                // A full check runs programs, so while all is well it is done once a minute.
                looksUntilChecked -= 1
                if plan != lastPlan || hasChanged || error != nil || !findings.isEmpty || looksUntilChecked <= 0 {
                    findings = await network.check(plan)
                    looksUntilChecked = 6
                }
                board.setFindings(sentences(findings, error))
                lastPlan = plan
                lastError = error
            }
        }
    }

    private func apply(_ plan: HostNetworkPlan) async -> (error: String?, hasChanged: Bool) {
        do throws(HostNetworkError) {
            let changes = try await network.apply(plan)
            for change in changes { logger.info("host network: \(change)", [:]) }
            return (nil, !changes.isEmpty)
        } catch {
            return ("\(error)", true)
        }
    }

    /// What is missing for each service's traffic.
    private func sentences(_ findings: [HostNetworkFinding], _ error: String?) -> [ServiceID: [String]] {
        var sentences: [ServiceID: [String]] = [:]
        for rollout in board.registry.rollouts where !rollout.claimed.isEmpty {
            let containers = Set(board.registry.startedContainers(of: rollout.service).map(\.rawValue))
            let concerned = findings.filter { $0.concerns(addresses: rollout.claimed, containers: containers) }
            sentences[rollout.service] = concerned.map(\.description) + (error.map { [$0] } ?? [])
        }
        return sentences.filter { !$0.value.isEmpty }
    }
}
