package import ServiceModel
import Synchronization

/// Every service as it is now, for what depends on all of them together: watchers, collectors, and the runners of other services.
package final class ServiceRegistry: Sendable {
    private struct Content {
        var rollouts: [ServiceID: Rollout] = [:]
        var started: [ServiceID: [ContainerID: StartedContainer]] = [:]
        /// The services that were found at the start and haven't shown their state yet; nil before they are known.
        var expected: Set<ServiceID>?
    }

    private let content = Mutex(Content())
    let signal = ChangeSignal()

    package init() {}

    /// Names the services that were found at the start: until each has shown its state, the board doesn't have all.
    package func expect(_ services: Set<ServiceID>) {
        change { $0.expected = services.subtracting($0.rollouts.keys) }
    }

    /// Whether every service that was found at the start has shown its state: what isn't here then isn't needed.
    package var isComplete: Bool { content.withLock { $0.expected?.isEmpty == true } }

    /// Takes note of a service's newest state.
    package func update(_ rollout: Rollout) {
        let containers = Set(rollout.instances.values.compactMap(\.container))
        change { content in
            content.rollouts[rollout.service] = rollout
            content.started[rollout.service] = content.started[rollout.service]?.filter { containers.contains($0.key) }
            content.expected?.remove(rollout.service)
        }
    }

    /// A service is gone, or was never more than a name.
    package func remove(_ service: ServiceID) {
        let isKnown = content.withLock { $0.rollouts[service] != nil || $0.expected?.contains(service) == true }
        guard isKnown else { return }
        change { content in
            content.rollouts[service] = nil
            content.started[service] = nil
            content.expected?.remove(service)
        }
    }

    /// Takes note of a container that runs, and of its network.
    package func containerStarted(_ started: StartedContainer, _ container: ContainerID, of service: ServiceID) {
        change { $0.started[service, default: [:]][container] = started }
    }

    /// A service's rollout as it is now; nil when there is none.
    package func rollout(of service: ServiceID) -> Rollout? { content.withLock { $0.rollouts[service] } }

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

    /// Returns when a service isn't as it was any more, or after two seconds.
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

    /// A stream that has an element whenever a service changed; changes that come close together count as one.
    package func changes() -> AsyncStream<Void> { ChangeSignal.changes(of: [signal]) }

    private func change(_ body: (inout Content) -> Void) {
        content.withLock { body(&$0) }
        signal.send()
    }
}
