import Addresses
import Docker
import ServiceModel

/// What Docker says of a container, as a rollout sees it.
extension ContainerDetails {
    /// Its place in the network that its definition names.
    func network(_ definition: ServiceDefinition) -> Network? {
        networks[definition.network ?? "bridge"] ?? networks.values.first
    }

    /// Where the container is reached by this definition, once for each address family, that of the first service
    /// address first; empty while it has no address.
    func endpoints(_ definition: ServiceDefinition) -> [Endpoint] {
        guard isRunning else { return [] }
        let network = network(definition)
        let addresses = [network?.ipAddress, network?.ipv6Address].compactMap { $0.flatMap { try? IPAddress($0) } }
        let preferred = definition.addresses.first?.endpoint.address.family ?? .ipv4
        let families = [preferred] + IPAddress.Family.allCases.filter { $0 != preferred }
        return families.compactMap { family in
            addresses.first { $0.family == family }.map { Endpoint(address: $0, port: definition.port) }
        }
    }

    /// What it is to a rollout.
    func state(_ definition: ServiceDefinition) -> ObservedContainer.State {
        let found = endpoints(definition)
        if let first = found.first { return .running(first, other: found.dropFirst().first) }
        if isRunning { return .unreachable }
        if status == "created" { return .created }
        return .exited(ExitReport(code: exitCode, outOfMemory: outOfMemory))
    }
}
