package import Addresses
package import FoundationEssentials
package import ServiceModel
import Synchronization

/// The latest state of every service, for those who show it, and for what depends on all services together.
package final class StatusBoard: Sendable {
    private struct Content {
        var rollouts: [ServiceID: Rollout] = [:]
        var pulls: [ServiceID: String] = [:]
        var ahead: [ServiceID: Int] = [:]
        var started: [ServiceID: [ContainerID: StartedContainer]] = [:]
        var since: [ServiceID: StateSince] = [:]
        var restartTimes: [ServiceID: [Int: Date]] = [:]
        var sources: [SourceState] = []
        var findings: [ServiceID: [String]] = [:]
        var strangers: [ServiceID: [String]] = [:]
        var broken: [String: Int] = [:]
        var repairs: [ServiceID: [TrafficRepair.Kind: Int]] = [:]
        var statusDatabase: StatusDatabaseState?
        var origins: [ServiceID: [DefinitionOrigin]] = [:]
        var definitionWarnings: [ServiceID: [String]] = [:]
        /// The services that were found at the start and haven't shown their state yet; nil before they are known.
        var expected: Set<ServiceID>?
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastListener = 0

        /// When each slot that waits is started again: the rollout knows for how long it waits, and not the time.
        mutating func noteRestarts(_ rollout: Rollout, _ now: Date) {
            let known = restartTimes[rollout.service] ?? [:]
            let before = rollouts[rollout.service]?.restarts ?? [:]
            var times: [Int: Date] = [:]
            for (slot, restart) in rollout.restarts where restart.isWaiting {
                let isSame = before[slot] == restart
                times[slot] = isSame ? known[slot] : now.addingTimeInterval(restart.delay / .seconds(1))
            }
            restartTimes[rollout.service] = times.isEmpty ? nil : times
        }
    }

    private let content = Mutex(Content())

    private let now: @Sendable () -> Date
    private let saveSince: @Sendable (StateSince, ServiceID) -> Void

    /// - Parameters:
    ///   - since: When the services came into their states, as far as that is remembered.
    ///   - now: The time.
    ///   - saveSince: Remembers when a service came into its state.
    package init(
        since: [ServiceID: StateSince] = [:],
        now: @escaping @Sendable () -> Date = { Date() },
        saveSince: @escaping @Sendable (StateSince, ServiceID) -> Void = { _, _ in }
    ) {
        self.now = now
        self.saveSince = saveSince
        content.withLock { $0.since = since }
    }

    /// Names the services that were found at the start: until each has shown its state, the board doesn't have all.
    package func expect(_ services: Set<ServiceID>) {
        change { $0.expected = services.subtracting($0.rollouts.keys) }
    }

    /// Whether every service that was found at the start has shown its state: what isn't here then isn't needed.
    package var isComplete: Bool { content.withLock { $0.expected?.isEmpty == true } }

    private func noteShown(_ service: ServiceID) {
        guard content.withLock({ $0.expected?.contains(service) == true }) else { return }
        change { $0.expected?.remove(service) }
    }

    /// Takes note of a service's newest state; a service that is gone is shown no more.
    package func update(_ rollout: Rollout) {
        defer { noteShown(rollout.service) }
        if rollout.isGone { return remove(rollout.service) }
        let state = rollout.status.state
        if content.withLock({ $0.since[rollout.service]?.state }) != state {
            let since = StateSince(state: state, since: now())
            content.withLock { $0.since[rollout.service] = since }
            saveSince(since, rollout.service)
        }
        let date = now()
        change { content in
            content.noteRestarts(rollout, date)
            content.rollouts[rollout.service] = rollout
            let containers = Set(rollout.instances.values.compactMap(\.container))
            content.started[rollout.service] = content.started[rollout.service]?.filter { containers.contains($0.key) }
        }
    }

    private func remove(_ service: ServiceID) {
        guard content.withLock({ $0.rollouts[service] }) != nil else { return }
        change { content in
            content.rollouts[service] = nil
            content.pulls[service] = nil
            content.started[service] = nil
            content.since[service] = nil
        }
    }

    /// Where a service's definitions come from: the one that counts first, then those that it shadows.
    ///
    /// - Parameters:
    ///   - origins: The sources.
    ///   - warnings: What was noticed about them, in sentences.
    ///   - service: Whose.
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

    /// Says how far a pull is; nil when there is none.
    package func setPull(_ progress: String?, of service: ServiceID) {
        change { $0.pulls[service] = progress }
    }

    /// Says how many pulls or starts of others come before those of the services that wait for their turn.
    package func setAhead(_ ahead: [ServiceID: Int]) {
        change { $0.ahead = ahead }
    }

    /// The reference that service-managerd pulled an image by, for whichever service; nil when others brought it here.
    package func pulledReference(of image: ImageID) -> String? {
        content.withLock { content in
            for rollout in content.rollouts.values {
                for known in rollout.images.byRevision.values where known.rawValue == image.rawValue {
                    if let pulled = known.pulled { return pulled }
                }
            }
            return nil
        }
    }

    /// Whether a service other than this one has an image that was pulled by a reference.
    package func isPulled(_ reference: String, besides service: ServiceID) -> Bool {
        content.withLock { content in
            content.rollouts.values.contains { rollout in
                rollout.service != service && rollout.images.byRevision.values.contains { $0.pulled == reference }
            }
        }
    }

    package func containerStarted(_ started: StartedContainer, _ container: ContainerID, of service: ServiceID) {
        change { $0.started[service, default: [:]][container] = started }
    }

    /// What keeps clients from services, in sentences.
    package func setFindings(_ findings: [ServiceID: [String]]) {
        guard content.withLock({ $0.findings != findings }) else { return }
        change { $0.findings = findings }
    }

    /// Sentences on containers with copies of services' labels.
    package func setStrangers(_ strangers: [ServiceID: [String]]) {
        guard content.withLock({ $0.strangers != strangers }) else { return }
        change { $0.strangers = strangers }
    }

    /// Counts a repair of the kernel's table.
    package func countRepair(_ kind: TrafficRepair.Kind, of service: ServiceID) {
        change { $0.repairs[service, default: [:]][kind, default: 0] += 1 }
    }

    /// Counts a promise of the rollout that a step has broken.
    package func countBroken(_ invariant: String) {
        change { $0.broken[invariant, default: 0] += 1 }
    }

    /// How often each promise of the rollouts, such as `I1`, was broken since the daemon started; those that were kept are left out.
    package var brokenPromises: [String: Int] { content.withLock { $0.broken } }

    /// How often each service's part of the kernel's table was repaired since the daemon started, by kind.
    package var repairs: [ServiceID: [TrafficRepair.Kind: Int]] { content.withLock { $0.repairs } }

    /// A service's rollout as it is now; nil when there is none.
    package func rollout(of service: ServiceID) -> Rollout? { content.withLock { $0.rollouts[service] } }

    /// Where definitions come from, and what is wrong with it.
    package var sources: [SourceState] { content.withLock { $0.sources } }

    package func setSources(_ sources: [SourceState]) {
        guard sources != self.sources else { return }
        change { $0.sources = sources }
    }

    /// Where the status is written for all hosts to see; nil when it isn't, or wasn't tried yet.
    package var statusDatabase: StatusDatabaseState? { content.withLock { $0.statusDatabase } }

    package func setStatusDatabase(_ state: StatusDatabaseState) {
        guard state != statusDatabase else { return }
        change { $0.statusDatabase = state }
    }

    /// Returns when a service isn't as it was any more, or after two seconds.
    package func changed(from rollout: Rollout) async {
        let changes = changes()
        await withTaskGroup { group in
            group.addTask {
                for await _ in changes where self.rollouts.first(where: { $0.service == rollout.service }) != rollout {
                    return
                }
            }
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// The rollouts as they are now.
    package var rollouts: [Rollout] {
        content.withLock { Array($0.rollouts.values) }.sorted { $0.service < $1.service }
    }

    /// The containers that run, with what is known of their network.
    package var startedContainers: [ContainerID: StartedContainer] {
        content.withLock { content in
            content.started.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    /// The containers of a service that run.
    package func startedContainers(of service: ServiceID) -> Set<ContainerID> {
        content.withLock { Set($0.started[service, default: [:]].keys) }
    }

    /// The statuses as they are now, by name.
    package var statuses: [ServiceStatus] { statuses(with: nil) }

    /// The statuses as they are now, by name, with the kernel's counts of connections.
    ///
    /// - Parameter observed: The kernel's virtual services; nil: without counts.
    /// - Returns: One for each service.
    package func statuses(with observed: [ServiceAddress: ObservedVirtualService]?) -> [ServiceStatus] {
        content.withLock { content in
            content.rollouts.values.map { rollout in
                var status = rollout.status(ahead: content.ahead[rollout.service], with: observed)
                status.pull = content.pulls[rollout.service]
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
        return "\(states.count) services, \(rolling) rolling, \(attention) need attention (smctl status)"
    }

    /// A stream that has an element whenever something changed; changes that come close together count as one.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = content.withLock { content in
            content.lastListener += 1
            content.listeners[content.lastListener] = continuation
            return content.lastListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.content.withLock { $0.listeners[number] = nil }
        }
        continuation.yield()
        return stream
    }

    private func change(_ body: (inout Content) -> Void) {
        let listeners = content.withLock { content in
            body(&content)
            return Array(content.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }
}

/// When a service came into its state.
package struct StateSince: Codable, Equatable, Sendable {
    package var state: ServiceStatus.State
    package var since: Date

    /// RFC 3339, in UTC.
    var text: String { since.formatted(.iso8601) }
}

/// The status database, and why it can't be written to.
package struct StatusDatabaseState: Equatable, Sendable {
    /// Its URL, without credentials.
    package var name: String
    package var problem: String?

    package init(name: String, problem: String?) {
        self.name = name
        self.problem = problem
    }
}

/// A source of definitions, and why it can't be seen.
package struct SourceState: Equatable, Sendable {
    /// A document or a file that can't be a definition.
    package struct Unusable: Equatable, Sendable {
        /// The document's id, or the file's name without `.json`.
        package var id: String
        package var reason: String

        package init(id: String, reason: String) {
            self.id = id
            self.reason = reason
        }
    }

    package var origin: DefinitionOrigin
    package var problem: String?
    /// Whether it has been read whole since the daemon started.
    package var isRead: Bool
    /// What is in it and can't be used, by id.
    package var unusable: [Unusable]

    package init(
        origin: DefinitionOrigin,
        problem: String? = nil,
        isRead: Bool = true,
        unusable: [Unusable] = []
    ) {
        self.origin = origin
        self.problem = problem
        self.isRead = isRead
        self.unusable = unusable
    }
}
