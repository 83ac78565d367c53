import Addresses
import Docker
import ServiceModel

/// What Docker says about a container, as a rollout sees it.
extension ContainerDetails {
    /// Its place in the network that its definition names.
    func network(_ definition: ServiceDefinition) -> Network? {
        networks[definition.network ?? "bridge"] ?? networks.values.first
    }

    /// Where the container is reached by this definition, one endpoint for each address family, that of the first service
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

    /// Where it is reached by this definition, without its network's bridge; nil when it isn't.
    func place(_ definition: ServiceDefinition) -> StartedContainer? {
        let found = endpoints(definition)
        guard let first = found.first else { return nil }
        return StartedContainer(
            endpoint: first,
            otherEndpoint: found.dropFirst().first,
            processID: pid,
            hardwareAddress: network(definition)?.macAddress
        )
    }

    /// Why it can't serve at every address of its definition, and what helps; nil when it can.
    func trouble(_ definition: ServiceDefinition) -> String? {
        let found = endpoints(definition)
        let network = definition.network ?? "bridge"
        guard !found.isEmpty else {
            return isRunning ? "it has no address in the network \(network)" : "it exited at once with code \(exitCode)"
        }
        return definition.addresses.first { !found.reach($0) }
            .map { address in
                "it has no \(address.endpoint.address.family == .ipv4 ? "IPv4" : "IPv6") address in the network \(network), "
                    + "which the service address \(address) needs: give the network a subnet of that family "
                    + "(docker network create --ipv6 --subnet …), or leave that address out"
            }
    }

    /// The container's state, as a rollout sees it.
    ///
    /// A container that can serve none of the service's addresses is treated like one without an address.
    func state(_ definition: ServiceDefinition) -> ObservedContainer.State {
        let found = endpoints(definition)
        let servesSomewhere = definition.addresses.isEmpty || definition.addresses.contains { found.reach($0) }
        if let first = found.first, servesSomewhere { return .running(first, other: found.dropFirst().first) }
        if isRunning { return .unreachable }
        if status == "created" { return .created }
        return .exited(ExitReport(code: exitCode, outOfMemory: outOfMemory))
    }
}

extension [Endpoint] {
    /// Whether one of the endpoints has the family of a service address.
    fileprivate func reach(_ address: ServiceAddress) -> Bool {
        contains { $0.address.family == address.endpoint.address.family }
    }
}
