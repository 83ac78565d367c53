package import Addresses
package import FoundationEssentials
package import ServiceModel
import Synchronization

/// What is shown about every service: its state, and what other parts have noticed.
package final class StatusBoard: Sendable {
    private struct Content {
        var pulls: [ServiceID: String] = [:]
        var ahead: [ServiceID: Int] = [:]
        var since: [ServiceID: StateSince] = [:]
        var ends: [ServiceID: Date] = [:]
        var restartTimes: [ServiceID: [Int: Date]] = [:]
        var sources: [SourceState] = []
        var findings: [ServiceID: [String]] = [:]
        var strangers: [ServiceID: [String]] = [:]
        var broken: [String: Int] = [:]
        var repairs: [ServiceID: [TrafficRepair.Kind: Int]] = [:]
        var statusDatabase: StatusDatabaseState?
        var origins: [ServiceID: [DefinitionOrigin]] = [:]
        var definitionWarnings: [ServiceID: [String]] = [:]

        mutating func remove(_ service: ServiceID) {
            pulls[service] = nil
            since[service] = nil
            ends[service] = nil
            restartTimes[service] = nil
            findings[service] = nil
        }

        /// Records when each waiting slot is started again: the rollout knows how long it waits, but not the time.
        mutating func noteRestarts(_ rollout: Rollout, before: Rollout?, _ now: Date) {
            let known = restartTimes[rollout.service] ?? [:]
            let before = before?.restarts ?? [:]
            var times: [Int: Date] = [:]
            for (slot, restart) in rollout.restarts where restart.isWaiting {
                let isSame = before[slot] == restart
                times[slot] = isSame ? known[slot] : now.addingTimeInterval(restart.delay / .seconds(1))
            }
            restartTimes[rollout.service] = times.isEmpty ? nil : times
        }
    }

    /// The services themselves.
    package let registry: ServiceRegistry
    private let content = Mutex(Content())
    private let signal = ChangeSignal()
    private let now: @Sendable () -> Date
    private let saveSince: @Sendable (StateSince, ServiceID) -> Void

    /// - Parameters:
    ///   - registry: The services that are shown.
    ///   - since: When the services entered their states, as far as that is recorded.
    ///   - now: The time.
    ///   - saveSince: Records when a service entered its state.
    package init(
        registry: ServiceRegistry = ServiceRegistry(),
        since: [ServiceID: StateSince] = [:],
        now: @escaping @Sendable () -> Date = { Date() },
        saveSince: @escaping @Sendable (StateSince, ServiceID) -> Void = { _, _ in }
    ) {
        self.registry = registry
        self.now = now
        self.saveSince = saveSince
        content.withLock { $0.since = since }
    }

    /// Records a service's newest state; a service that has ended is no longer shown.
    package func update(_ rollout: Rollout) {
        if rollout.isGone {
            content.withLock { $0.remove(rollout.service) }
            return registry.remove(rollout.service)
        }
        let state = rollout.status.state
        if content.withLock({ $0.since[rollout.service]?.state }) != state {
            let since = StateSince(state: state, since: now())
            content.withLock { $0.since[rollout.service] = since }
            saveSince(since, rollout.service)
        }
        let before = registry.rollout(of: rollout.service)
        let date = now()
        content.withLock { $0.noteRestarts(rollout, before: before, date) }
        registry.update(rollout)
    }

    /// Records where a service's definitions come from: the source that counts first, then those that it shadows.
    ///
    /// - Parameters:
    ///   - origins: The sources.
    ///   - warnings: Warnings about them, in sentences.
    ///   - service: The service.
    package func setOrigins(_ origins: [DefinitionOrigin], warnings: [String] = [], of service: ServiceID) {
        let isSame = content.withLock { content in
            content.origins[service] ?? [] == origins && content.definitionWarnings[service] ?? [] == warnings
        }
        guard !isSame else { return }
        change { content in
            content.origins[service] = origins.isEmpty ? nil : origins
            content.definitionWarnings[service] = warnings.isEmpty ? nil : warnings
        }
    }

    /// Records how far a pull is; nil when there is none.
    package func setPull(_ progress: String?, of service: ServiceID) {
        change { $0.pulls[service] = progress }
    }

    /// Says after which time a service's candidate is given up; nil when no such time runs.
    package func setLeft(_ left: Duration?, of service: ServiceID) {
        let end = left.map { now().addingTimeInterval($0 / .seconds(1)) }
        let known = content.withLock { $0.ends[service] }
        // The same end, looked at a moment later, is no news.
        if let end, let known, abs(end.timeIntervalSince(known)) < 1 { return }
        guard end != known else { return }
        change { $0.ends[service] = end }
    }

    /// After which time a service's candidate is given up; nil when no such time runs.
    package func left(of service: ServiceID) -> Duration? {
        content.withLock { $0.ends[service] }.map { .seconds(max(0, $0.timeIntervalSince(now()))) }
    }

    /// Records how many pulls or starts of others come before those of the services that wait for a turn.
    package func setAhead(_ ahead: [ServiceID: Int]) {
        change { $0.ahead = ahead }
    }

    /// Records what keeps clients from services, in sentences.
    package func setFindings(_ findings: [ServiceID: [String]]) {
        guard content.withLock({ $0.findings != findings }) else { return }
        change { $0.findings = findings }
    }

    /// Records sentences about containers with copies of services' labels.
    package func setStrangers(_ strangers: [ServiceID: [String]]) {
        guard content.withLock({ $0.strangers != strangers }) else { return }
        change { $0.strangers = strangers }
    }

    /// Counts a repair of the kernel's table.
    package func countRepair(_ kind: TrafficRepair.Kind, of service: ServiceID) {
        change { $0.repairs[service, default: [:]][kind, default: 0] += 1 }
    }

    /// Counts an invariant of the rollout that a step has violated.
    package func countBroken(_ invariant: String) {
        change { $0.broken[invariant, default: 0] += 1 }
    }

    /// How often each invariant of the rollouts, such as `I1`, was violated since the daemon started; others are left out.
    package var brokenPromises: [String: Int] { content.withLock { $0.broken } }

    /// How often each service's part of the kernel's table was repaired since the daemon started, by kind.
    package var repairs: [ServiceID: [TrafficRepair.Kind: Int]] { content.withLock { $0.repairs } }

    /// The sources of definitions, and what is wrong with each.
    package var sources: [SourceState] { content.withLock { $0.sources } }

    package func setSources(_ sources: [SourceState]) {
        guard sources != self.sources else { return }
        change { $0.sources = sources }
    }

    /// The status database; nil when there is none, or no write was tried yet.
    package var statusDatabase: StatusDatabaseState? { content.withLock { $0.statusDatabase } }

    package func setStatusDatabase(_ state: StatusDatabaseState) {
        guard state != statusDatabase else { return }
        change { $0.statusDatabase = state }
    }

    /// The present statuses, by name.
    package var statuses: [ServiceStatus] { statuses(with: nil) }

    /// The present statuses, by name, with the kernel's counts of connections.
    ///
    /// - Parameter observed: The kernel's virtual services; nil leaves the counts out.
    /// - Returns: A status for each service.
    package func statuses(with observed: [ServiceAddress: ObservedVirtualService]?) -> [ServiceStatus] {
        let rollouts = registry.rollouts
        return content.withLock { content in
            rollouts.map { rollout in
                var status = rollout.status(ahead: content.ahead[rollout.service], with: observed)
                status.pull = content.pulls[rollout.service]
                status.givesUpAt = rollout.candidate == nil ? nil : content.ends[rollout.service]?.formatted(.iso8601)
                let times = content.restartTimes[rollout.service] ?? [:]
                status.restarts = status.restarts?.map { restart in
                    var restart = restart
                    if restart.isWaiting { restart.at = times[restart.slot]?.formatted(.iso8601) }
                    return restart
                }
                let origins = content.origins[rollout.service] ?? []
                status.source = origins.first?.description
                status.warnings =
                    (content.findings[rollout.service] ?? [])
                    + (content.definitionWarnings[rollout.service] ?? [])
                    + (content.strangers[rollout.service] ?? [])
                    + origins.dropFirst().map { "its definition in \($0) is shadowed by the one in \(origins[0])" }
                status.since = content.since[rollout.service]?.text
                return status
            }
        }.sorted { $0.name < $1.name }
    }

    /// One line for `systemctl status service-managerd`.
    package var summary: String {
        let states = statuses.map(\.state)
        let attention = states.filter(\.needsAttention).count
        let rolling = states.filter { $0 == .rolling }.count
        return "\(states.count) \(states.count == 1 ? "service" : "services"), \(rolling) rolling, "
            + "\(attention) \(attention == 1 ? "needs" : "need") attention (smctl status)"
    }

    /// A stream with an element for each change of what is shown; changes close together count as one.
    package func changes() -> AsyncStream<Void> { ChangeSignal.changes(of: [signal, registry.signal]) }

    private func change(_ body: (inout Content) -> Void) {
        content.withLock { body(&$0) }
        signal.send()
    }
}
