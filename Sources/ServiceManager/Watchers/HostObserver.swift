import Addresses
import Backoff
import Docker
import IPVS
package import Logging
package import ServiceModel

/// Finds our containers and destinations once, before anything is decided.
///
/// What is ours is decided by the records, not by where something was found.
package struct HostObserver<Time: Clock>: Sendable where Time.Duration == Duration {
    private let runtime: DockerRuntime
    private let balancer: IPVSBalancer
    private let store: StateStore
    private let owners: AddressOwners
    private let boot: String?
    private let registry: ServiceRegistry
    private let clock: Time
    private let logger: Logger

    package init(
        runtime: DockerRuntime,
        balancer: IPVSBalancer,
        store: StateStore,
        owners: AddressOwners,
        boot: String?,
        registry: ServiceRegistry,
        clock: Time,
        logger: Logger
    ) {
        self.runtime = runtime
        self.balancer = balancer
        self.store = store
        self.owners = owners
        self.boot = boot
        self.registry = registry
        self.clock = clock
        self.logger = logger
    }

    /// Waits for Docker and the kernel as long as it takes: nothing may be decided before both have answered.
    package func observe() async -> [ServiceID: Observation] {
        var attempt = 0
        while !Task.isCancelled {
            do throws(Failure) {
                return try await look()
            } catch {
                if attempt == 0 { logger.warning("waiting: \(error)", [.error: "\(error)"]) }
                let delay = Backoff(from: .milliseconds(200), to: .seconds(5)).delay(attempt)
                attempt += 1
                try? await clock.sleep(for: delay)
            }
        }
        return [:]
    }

    private func look() async throws(Failure) -> [ServiceID: Observation] {
        var observations: [ServiceID: Observation] = [:]
        do throws(DockerError) {
            let records = store.services.compactMap { id in store.load(id).map { (id, $0.record) } }
            let known = KnownContainers(Dictionary(uniqueKeysWithValues: records))
            let containers = try await runtime.observe(
                known,
                decode: { ServiceDefinition.decode($0).definition },
                stored: { store.definition(of: $0, $1) },
                lastResort: { store.newestDefinition(of: $0) },
                started: { registry.containerStarted($2, $1, of: $0) }
            )
            for (service, found) in containers { observations[service] = Observation(containers: found) }
            for service in store.services {
                guard let stored = store.load(service), let adopted = stored.record.adopted else { continue }
                let found = try await runtime.observe(
                    adopted: adopted,
                    definition: { stored.definitions[$0]?.definition },
                    started: { registry.containerStarted($1, $0, of: service) }
                )
                observations[service, default: Observation()].containers += found
            }
        } catch {
            throw Failure(error, "Docker's containers can't be listed")
        }
        let table: [ServiceAddress: [Endpoint: Int]]
        do throws(IPVSError) {
            table = try await balancer.destinations()
        } catch {
            throw Failure(error, "the kernel's virtual services can't be listed")
        }
        let services = Set(store.services).union(observations.keys)
        let isFirstOfBoot = store.isRecordedBefore(boot)
        giveUp(services, table)
        for service in services {
            let recorded = store.recordedAddresses(of: service)
            let containers = observations[service]?.containers ?? []
            let own = OwnVirtualServices.find(recorded: recorded, containers: containers, in: table)
            observations[service, default: Observation()].destinations = own
            observations[service]?.isFirstOfBoot = isFirstOfBoot
            guard recorded == nil, !own.isEmpty else { continue }
            do throws(Failure) {
                try store.addClaims(own.keys.sorted(), of: service)
            } catch {
                logger.error("\(service): \(error)", [.service: "\(service)", .error: "\(error)"])
            }
            for address in own.keys { _ = owners.take(address, for: service) }
        }
        return observations
    }

    /// Gives up claims that are no longer valid.
    ///
    /// A boot empties the kernel's table. A virtual service that is there now, at an address that was recorded before the boot,
    /// was made by somebody else. An address that was about to be claimed, but has no virtual service, is free.
    private func giveUp(
        _ services: Set<ServiceID>,
        _ table: [ServiceAddress: [Endpoint: Int]]
    ) {
        let isNewBoot = store.isRecordedBefore(boot)
        for service in services {
            let claimed = store.claimedAddresses(of: service)
            let settled = Set(store.load(service)?.record.claimed ?? [])
            let foreign = isNewBoot ? claimed.intersection(table.keys) : []
            let free = claimed.subtracting(settled).subtracting(table.keys)
            for address in foreign.sorted() {
                logger.warning(
                    "\(service): the virtual service at \(address) was created by somebody else since the host was booted; "
                        + "it is left as it is",
                    [.service: "\(service)", .address: "\(address)"]
                )
            }
            let lost = foreign.union(free)
            guard !lost.isEmpty else { continue }
            store.giveUp(lost, of: service)
            owners.letGo(lost.sorted(), of: service)
        }
        store.noteBoot(boot)
    }
}
