package import Addresses
package import IPVS
package import ServiceModel

extension IPVSBalancer {
    package func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        for (address, destination) in destinations.sorted(by: { $0.key < $1.key }) {
            try await ensure(address, definition, of: service, claims)
            do throws(IPVSError) {
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

    /// Creates the virtual service if it is missing; one that isn't ours is left as it is.
    private func ensure(
        _ address: ServiceAddress,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        let isNew = owners.owner(of: address) == nil
        let owner = owners.take(address, for: service)
        guard owner == service else { throw Self.taken(address, by: owner) }
        do throws(Failure) {
            if let found = try await destinationsFound(at: address) {
                guard isNew else { return }
                throw Self.foreign(address, found)
            }
            if isNew { try claims.remember([address]) }
            try await make(VirtualService(address, definition.trafficSettings))
        } catch {
            if isNew {
                owners.letGo([address], of: service)
                claims.forget([address])
            }
            throw error
        }
    }

    /// The destinations of the virtual service at an address; nil when there is none.
    private func destinationsFound(at address: ServiceAddress) async throws(Failure) -> [DestinationStatus]? {
        do throws(IPVSError) {
            guard try await client.virtualService(.address(address)) != nil else { return nil }
            return try await client.destinations(of: .address(address))
        } catch {
            throw Failure(error, "can't look for the virtual service of \(address)")
        }
    }

    private func make(_ service: VirtualService) async throws(Failure) {
        do throws(IPVSError) {
            try await client.add(service)
        } catch {
            throw Failure(error, "can't create the virtual service of \(service.identity)")
        }
    }

    /// The destinations at addresses that the service owns at this moment.
    private func own(
        _ destinations: [ServiceAddress: Endpoint],
        of service: ServiceID
    ) -> [(key: ServiceAddress, value: Endpoint)] {
        destinations.filter { owners.owner(of: $0.key) == service }.sorted { $0.key < $1.key }
    }

    package func quiesce(
        _ destinations: [ServiceAddress: Endpoint],
        of service: ServiceID
    ) async throws(Failure) {
        for (address, destination) in own(destinations, of: service) {
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

    package func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections? {
        let counted = destinations.filter { $0.key.transport != .udp }
        guard let connections = await table.connections(to: counted) else { return nil }
        var open = OpenConnections(established: 0)
        for connection in connections {
            switch connection.stage {
            case .established: open.established += 1
            case .halfOpen: open.halfOpen.insert("\(connection.client) \(connection.service)")
            case .inactive: break
            }
        }
        return open
    }

    package func delete(
        _ destinations: [ServiceAddress: Endpoint],
        of service: ServiceID
    ) async throws(Failure) {
        for (address, destination) in own(destinations, of: service) {
            do throws(IPVSError) {
                guard try await status(of: destination, at: address) != nil else { continue }
                try await remove(destination, from: address)
            } catch {
                throw Failure(error, "can't delete \(destination) from \(address)")
            }
        }
    }

    /// Deletes a destination; the connections of UDP clients that keep sending are forgotten.
    func remove(_ destination: Endpoint, from address: ServiceAddress) async throws(IPVSError) {
        try await client.remove(Destination.Identity(destination), from: .address(address))
        if address.transport == .udp { await forgetConnections(address, destination) }
    }

    /// A destination as the kernel has it; nil when it or the virtual service doesn't exist.
    private func status(
        of destination: Endpoint,
        at address: ServiceAddress
    ) async throws(IPVSError) -> DestinationStatus? {
        guard try await client.virtualService(.address(address)) != nil else { return nil }
        return try await client.destinations(of: .address(address)).first {
            $0.destination.identity.endpoint == destination
        }
    }

    /// All virtual services, including those of other programs, with their destinations and weights.
    package func destinations() async throws(IPVSError) -> [ServiceAddress: [Endpoint: Int]] {
        var found: [ServiceAddress: [Endpoint: Int]] = [:]
        for entry in try await client.snapshot().entries {
            guard case .address(let address) = entry.service.service.identity else { continue }
            found[address] = Self.weights(entry.destinations)
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
