package import Addresses
package import Docker
package import IPVS
package import ServiceModel

/// Checks whether a container and a virtual service that somebody else made can be taken over as they are.
package struct Adoption: Sendable {
    private let client: DockerClient
    private let ipvs: IPVSClient
    private let runtime: DockerRuntime
    private let owners: AddressOwners
    private let registry: ServiceRegistry

    package init(
        client: DockerClient,
        ipvs: IPVSClient,
        runtime: DockerRuntime,
        owners: AddressOwners,
        registry: ServiceRegistry
    ) {
        self.client = client
        self.ipvs = ipvs
        self.runtime = runtime
        self.owners = owners
        self.registry = registry
    }

    /// Plans to take the container over, if everything is as the service's definition says.
    ///
    /// Nothing is written, neither to the kernel nor to Docker.
    ///
    /// - Parameters:
    ///   - container: The container's name, its id, or the beginning of its id.
    ///   - address: Where it serves, when neither the document nor the unit names an address.
    ///   - rollout: The service.
    /// - Returns: The event that takes it over, and what to say.
    /// - Throws: An `OperatorRefusal` that says what was found, what was expected and what to do.
    package func plan(
        _ container: String,
        at address: ServiceAddress?,
        for rollout: Rollout
    ) async throws(OperatorRefusal) -> OperatorPlan {
        let (deployment, addresses) = try rollout.adoptable(at: address)
        var definition = deployment.definition
        definition.addresses = addresses
        let facts = try await look(container, definition)
        let plan = try OperatorPlan(adopting: facts, deployment, at: addresses, for: rollout)
        for address in addresses {
            let owner = owners.take(address, for: rollout.service)
            guard owner == rollout.service else {
                throw OperatorRefusal(
                    "\(address) is the address of the service \(owner)",
                    next: "smctl status \(owner)"
                )
            }
        }
        return plan
    }

    /// Records where the container is in the host's network, once the service has it.
    package func taken(_ plan: OperatorPlan, by service: ServiceID) async {
        for case .operator(.adopted(let adopted)) in plan.events {
            let instances = registry.rollouts.first { $0.service == service }?.instances.values
            guard let instance = instances?.first(where: { $0.container == adopted.container }),
                let started = await runtime.running(adopted.container, instance.definition)
            else {
                continue
            }
            registry.containerStarted(started, adopted.container, of: service)
        }
    }

    private func look(
        _ container: String,
        _ definition: ServiceDefinition
    ) async throws(OperatorRefusal) -> AdoptionFacts {
        do throws(DockerError) {
            var facts = AdoptionFacts(asked: container, container: nil, documentImage: nil, destinations: [:])
            facts.documentImage = try await client.inspectImage(definition.image)?.id
            facts.container = try await details(of: container).map { details in
                let adopter = registry.rollouts.first { rollout in
                    rollout.instances.values.contains { $0.container?.rawValue == details.id }
                }
                return AdoptionFacts.Container(
                    id: details.id,
                    isRunning: details.isRunning && !details.isPaused,
                    image: details.image,
                    imageID: details.imageID,
                    endpoint: details.endpoints(definition).first,
                    service: adopter?.service.rawValue ?? Self.maker(of: details)
                )
            }
            for address in definition.addresses { facts.destinations[address] = await destinations(at: address) }
            return facts
        } catch {
            throw OperatorRefusal("Docker can't be asked: \(error)", next: "systemctl status docker")
        }
    }

    /// The service that a container was made for; nil when somebody else made it, whatever its labels say.
    private static func maker(of details: ContainerDetails) -> String? {
        guard let labels = ContainerLabels(details.labels), details.name == labels.containerName else { return nil }
        return labels.service.rawValue
    }

    private func details(of container: String) async throws(DockerError) -> ContainerDetails? {
        do throws(DockerError) {
            return try await client.inspectContainer(container)
        } catch  where error.isNotFound {
            return nil
        }
    }

    private func destinations(at address: ServiceAddress) async -> [AdoptionFacts.Destination]? {
        do throws(IPVSError) {
            guard try await ipvs.virtualService(.address(address)) != nil else { return nil }
            return try await ipvs.destinations(of: .address(address)).compactMap { status in
                status.destination.identity.endpoint.map {
                    AdoptionFacts.Destination(
                        $0,
                        weight: status.destination.weight,
                        isMasqueraded: status.destination.forwarding == .masquerade
                    )
                }
            }
        } catch {
            return nil
        }
    }
}
