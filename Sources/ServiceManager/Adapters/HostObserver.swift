import Addresses
import Docker
import IPVS
package import Logging
package import ServiceModel

/// Looks at the host once, before anything is decided: which containers and destinations are ours.
package struct HostObserver<Time: Clock>: Sendable where Time.Duration == Duration {
    private let runtime: DockerRuntime
    private let balancer: IPVSBalancer
    private let store: StateStore
    private let board: StatusBoard
    private let clock: Time
    private let logger: Logger

    package init(
        runtime: DockerRuntime,
        balancer: IPVSBalancer,
        store: StateStore,
        board: StatusBoard,
        clock: Time,
        logger: Logger
    ) {
        self.runtime = runtime
        self.balancer = balancer
        self.store = store
        self.board = board
        self.clock = clock
        self.logger = logger
    }

    /// Waits for Docker and the kernel as long as it takes: without having seen them, nothing may be decided.
    package func observe() async -> [ServiceID: Observation] {
        var attempt = 0
        while !Task.isCancelled {
            do throws(Failure) {
                return try await look()
            } catch {
                if attempt == 0 { logger.warning("waiting: \(error)", [.error: "\(error)"]) }
                let delay = RolloutPolicy.backoff(attempt, base: .milliseconds(200), longest: .seconds(5))
                attempt += 1
                try? await clock.sleep(for: delay)
            }
        }
        return [:]
    }

    private func look() async throws(Failure) -> [ServiceID: Observation] {
        var observations: [ServiceID: Observation] = [:]
        do throws(DockerError) {
            let containers = try await runtime.observe(
                decode: { ServiceDefinition.decode($0).definition },
                known: { store.load($0)?.definitions[$1]?.definition },
                started: { board.containerStarted($2, $1, of: $0) }
            )
            for (service, found) in containers { observations[service] = Observation(containers: found) }
            for service in store.services {
                guard let stored = store.load(service), let adopted = stored.record.adopted else { continue }
                let found = try await runtime.observe(
                    adopted: adopted,
                    definition: { stored.definitions[$0]?.definition },
                    started: { board.containerStarted($1, $0, of: service) }
                )
                observations[service, default: Observation()].containers += found
            }
        } catch {
            throw Failure(error, "Docker's containers can't be listed")
        }
        for service in Set(store.services).union(observations.keys) {
            var observation = observations[service] ?? Observation()
            var addresses = store.claimedAddresses(of: service)
            for container in observation.containers { addresses.formUnion(container.definition.addresses) }
            do throws(IPVSError) {
                let claiming = store.addressesBeingClaimed(of: service).subtracting(addresses)
                observation.destinations = try await balancer.destinations(at: addresses.union(claiming))
                    .filter { addresses.contains($0.key) || $0.value.isEmpty }
                if addresses.isEmpty, observation.destinations.isEmpty {
                    // Its unit named the address, and that isn't remembered: its containers lead to it.
                    let endpoints = Set(observation.containers.flatMap(\.endpoints))
                    observation.destinations = try await balancer.destinations(beside: endpoints)
                }
            } catch {
                throw Failure(error, "the kernel's virtual services can't be listed")
            }
            observations[service] = observation
        }
        return observations
    }
}
