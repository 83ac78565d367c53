package import ServiceModel
import Synchronization

/// The present state of every service, for what depends on all of them: watchers, collectors, and runners of other services.
package final class ServiceRegistry: Sendable {
    private struct Content {
        var rollouts: [ServiceID: Rollout] = [:]
        var started: [ServiceID: [ContainerID: StartedContainer]] = [:]
        /// The services that were found at the start and haven't reported their state yet; nil before they are known.
        var expected: Set<ServiceID>?
    }

    private let content = Mutex(Content())
    let signal = ChangeSignal()

    package init() {}

    /// Takes the services that were found at the start.
    ///
    /// Until each has reported its state, the registry isn't complete.
    package func expect(_ services: Set<ServiceID>) {
        change { $0.expected = services.subtracting($0.rollouts.keys) }
    }

    /// Whether every service that was found at the start has reported its state.
    ///
    /// What isn't here then isn't needed.
    package var isComplete: Bool { content.withLock { $0.expected?.isEmpty == true } }

    /// Records a service's newest state.
    package func update(_ rollout: Rollout) {
        let containers = Set(rollout.instances.values.compactMap(\.container))
        change { content in
            content.rollouts[rollout.service] = rollout
            content.started[rollout.service] = content.started[rollout.service]?.filter { containers.contains($0.key) }
            content.expected?.remove(rollout.service)
        }
    }

    /// Forgets a service that has ended, or never was more than a name.
    package func remove(_ service: ServiceID) {
        let isKnown = content.withLock { $0.rollouts[service] != nil || $0.expected?.contains(service) == true }
        guard isKnown else { return }
        change { content in
            content.rollouts[service] = nil
            content.started[service] = nil
            content.expected?.remove(service)
        }
    }

    /// Records a container that runs, and its network.
    package func containerStarted(_ started: StartedContainer, _ container: ContainerID, of service: ServiceID) {
        change { $0.started[service, default: [:]][container] = started }
    }

    /// A service's present rollout; nil when there is none.
    package func rollout(of service: ServiceID) -> Rollout? { content.withLock { $0.rollouts[service] } }

    /// All present rollouts.
    package var rollouts: [Rollout] {
        content.withLock { Array($0.rollouts.values) }.sorted { $0.service < $1.service }
    }

    /// The running containers, with what is known about their network.
    package var startedContainers: [ContainerID: StartedContainer] {
        content.withLock { content in
            content.started.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    /// The running containers of a service.
    package func startedContainers(of service: ServiceID) -> Set<ContainerID> {
        content.withLock { Set($0.started[service, default: [:]].keys) }
    }

    /// The reference that service-managerd pulled an image by, for any service; nil when it didn't pull the image.
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

    /// Whether a service other than this one has an image that was pulled by this reference.
    package func isPulled(_ reference: String, besides service: ServiceID) -> Bool {
        content.withLock { content in
            content.rollouts.values.contains { rollout in
                rollout.service != service && rollout.images.byRevision.values.contains { $0.pulled == reference }
            }
        }
    }

    /// Returns when a service has changed, or after 2 s.
    package func changed(from rollout: Rollout) async {
        let changes = changes()
        await withTaskGroup { group in
            group.addTask {
                for await _ in changes where self.rollout(of: rollout.service) != rollout {
                    return
                }
            }
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// A stream with an element for each change of a service; changes close together count as one.
    package func changes() -> AsyncStream<Void> { ChangeSignal.changes(of: [signal]) }

    private func change(_ body: (inout Content) -> Void) {
        content.withLock { body(&$0) }
        signal.send()
    }
}
