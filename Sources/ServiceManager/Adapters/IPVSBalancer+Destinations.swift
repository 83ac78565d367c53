package import Addresses
package import IPVS
package import ServiceModel

extension IPVSBalancer {
    package func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition
    ) async throws(Failure) {
        for (address, destination) in destinations.sorted(by: { $0.key < $1.key }) {
            do throws(IPVSError) {
                if try await client.virtualService(.address(address)) == nil {
                    try await client.add(VirtualService(address, definition.trafficSettings))
                }
                let found = try await status(of: destination, at: address)
                if weight == 0, address.transport == .udp {
                    if found != nil { try await remove(destination, from: address) }
                    continue
                }
                if let found, found.destination.weight == weight { continue }
                try await client.addOrEdit(Destination(destination, weight: weight), of: .address(address))
                guard try await status(of: destination, at: address)?.destination.weight == weight else {
                    throw IPVSError.unknownOutcome
                }
            } catch {
                throw Failure(error, "can't set \(destination) to weight \(weight) at \(address)")
            }
        }
    }

    package func quiesce(_ destinations: [ServiceAddress: Endpoint]) async throws(Failure) {
        for (address, destination) in destinations.sorted(by: { $0.key < $1.key }) {
            do throws(IPVSError) {
                guard let found = try await status(of: destination, at: address) else { continue }
                if address.transport == .udp {
                    try await remove(destination, from: address)
                    continue
                }
                guard found.destination.weight != 0 else { continue }
                try await client.edit(Destination(destination, weight: 0), of: .address(address))
            } catch {
                throw Failure(error, "can't set \(destination) to weight 0 at \(address)")
            }
        }
    }

    package func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure> {
        var active = 0
        for (address, destination) in destinations {
            if address.transport == .udp { continue }
            do throws(IPVSError) {
                let found = try await status(of: destination, at: address)
                active += Int(found?.activeConnections ?? 0)
            } catch {
                return .failure(Failure(error, "can't count the connections of \(destination)"))
            }
        }
        return .success(active)
    }

    package func delete(_ destinations: [ServiceAddress: Endpoint]) async throws(Failure) {
        for (address, destination) in destinations.sorted(by: { $0.key < $1.key }) {
            do throws(IPVSError) {
                guard try await status(of: destination, at: address) != nil else { continue }
                try await remove(destination, from: address)
            } catch {
                throw Failure(error, "can't delete \(destination) from \(address)")
            }
        }
    }

    /// Deletes a destination; UDP clients that go on sending are let go of.
    func remove(_ destination: Endpoint, from address: ServiceAddress) async throws(IPVSError) {
        try await client.remove(Destination.Identity(destination), from: .address(address))
        if address.transport == .udp { await forgetConnections(address, destination) }
    }

    /// A destination as the kernel has it; nil when it isn't one, or the virtual service is gone.
    private func status(
        of destination: Endpoint,
        at address: ServiceAddress
    ) async throws(IPVSError) -> DestinationStatus? {
        guard try await client.virtualService(.address(address)) != nil else { return nil }
        return try await client.destinations(of: .address(address)).first {
            $0.destination.identity.endpoint == destination
        }
    }

    /// All destinations of virtual services at these addresses, with their weights.
    package func destinations(
        at addresses: Set<ServiceAddress>
    ) async throws(IPVSError) -> [ServiceAddress: [Endpoint: Int]] {
        var found: [ServiceAddress: [Endpoint: Int]] = [:]
        for entry in try await client.snapshot().entries {
            guard case .address(let address) = entry.service.service.identity, addresses.contains(address) else {
                continue
            }
            found[address] = Self.weights(entry.destinations)
        }
        return found
    }

    /// The virtual services that send to any of these containers, with all their destinations and weights.
    package func destinations(
        beside endpoints: Set<Endpoint>
    ) async throws(IPVSError) -> [ServiceAddress: [Endpoint: Int]] {
        var found: [ServiceAddress: [Endpoint: Int]] = [:]
        for entry in try await client.snapshot().entries {
            guard case .address(let address) = entry.service.service.identity else { continue }
            let weights = Self.weights(entry.destinations)
            if !endpoints.isDisjoint(with: weights.keys) { found[address] = weights }
        }
        return found
    }

    private static func weights(_ destinations: [DestinationStatus]) -> [Endpoint: Int] {
        var weights: [Endpoint: Int] = [:]
        for status in destinations {
            guard let endpoint = status.destination.identity.endpoint else { continue }
            weights[endpoint] = status.destination.weight
        }
        return weights
    }
}
