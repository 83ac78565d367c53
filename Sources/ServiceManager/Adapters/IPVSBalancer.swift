package import Addresses
package import IPVS
package import ServiceModel

/// Traffic through the kernel's virtual services.
package struct IPVSBalancer: LoadBalancer {
    private let client: IPVSClient
    private let owners: AddressOwners
    private let localAddresses: @Sendable () -> Set<IPAddress>?

    /// - Parameters:
    ///   - client: The kernel.
    ///   - owners: Which service has which address.
    ///   - localAddresses: The addresses of this host; nil when they can't be listed.
    package init(
        client: IPVSClient,
        owners: AddressOwners,
        localAddresses: @escaping @Sendable () -> Set<IPAddress>?
    ) {
        self.client = client
        self.owners = owners
        self.localAddresses = localAddresses
    }

    package func claim(
        _ definition: ServiceDefinition,
        of service: ServiceID,
        owned: Set<ServiceAddress>
    ) async throws(Failure) {
        var made: [ServiceAddress] = []
        do throws(Failure) {
            // All are looked at before the first is made.
            for address in definition.addresses {
                try check(address)
                let owner = owners.take(address, for: service)
                guard owner == service else {
                    throw Failure(
                        "\(address) is the address of the service \(owner): give one of them another address, or stop \(owner)",
                        isTransient: true
                    )
                }
                if !owned.contains(address) { try await refuseForeign(address) }
            }
            for address in definition.addresses {
                if try await make(address, definition) { made.append(address) }
            }
        } catch {
            for address in made { try? await client.remove(.address(address)) }
            owners.letGo(definition.addresses.filter { !owned.contains($0) }, of: service)
            throw error
        }
    }

    private func check(_ address: ServiceAddress) throws(Failure) {
        let host = address.endpoint.address
        guard !host.isLoopback else {
            throw Failure(
                "\(address) is a loopback address, which the kernel's IPVS can't serve: packets from it are not routed to "
                    + "containers. Use an address of this host, docker0's for example"
            )
        }
        guard let local = localAddresses(), !local.contains(host) else { return }
        throw Failure(
            "\(host) is not an address of this host (it has \(local.sorted().map(\.description).joined(separator: ", "))): "
                + "use one of them, or add it with ip address add",
            isTransient: true
        )
    }

    private func refuseForeign(_ address: ServiceAddress) async throws(Failure) {
        let destinations: [DestinationStatus]
        do throws(IPVSError) {
            guard try await client.virtualService(.address(address)) != nil else { return }
            destinations = try await client.destinations(of: .address(address))
        } catch {
            throw Failure(error, "can't look at the virtual service of \(address)")
        }
        if !destinations.isEmpty { throw foreign(address, destinations) }
    }

    /// Makes a virtual service, or gives it the definition's settings; true when there was none.
    private func make(_ address: ServiceAddress, _ definition: ServiceDefinition) async throws(Failure) -> Bool {
        let wanted = virtualService(address, definition)
        do throws(IPVSError) {
            guard let found = try await client.virtualService(.address(address)) else {
                try await client.add(wanted)
                return true
            }
            if found.service.scheduler != wanted.scheduler || found.service.persistence != wanted.persistence
                || found.service.flags != wanted.flags
            {
                try await client.edit(wanted)
            }
            return false
        } catch {
            throw Failure(error, "can't make the virtual service of \(address)")
        }
    }

    private func foreign(_ address: ServiceAddress, _ destinations: [DestinationStatus]) -> Failure {
        Failure(
            "\(address) has a virtual service that isn't ours, with "
                + "\(destinations.map { "\($0.destination.identity)" }.joined(separator: ", ")). It was not touched: "
                + "delete it (ipvsadm -D) or use another address"
        )
    }

    private func virtualService(_ address: ServiceAddress, _ definition: ServiceDefinition) -> VirtualService {
        VirtualService(
            address,
            scheduler: Scheduler(rawValue: definition.scheduler),
            persistence: definition.persistence.map { Persistence(timeout: $0) },
            flags: flags(definition)
        )
    }

    private func flags(_ definition: ServiceDefinition) -> VirtualService.Flags {
        let isMaglev = definition.scheduler == "mh"
        var flags: VirtualService.Flags = []
        for flag in definition.schedulerFlags {
            switch flag {
            case .fallback: flags.insert(isMaglev ? .maglevHashingFallback : .sourceHashingFallback)
            case .port: flags.insert(isMaglev ? .maglevHashingPort : .sourceHashingPort)
            }
        }
        return flags
    }

    package func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure) {
        for address in addresses {
            do throws(IPVSError) {
                if try await client.virtualService(.address(address)) != nil {
                    try await client.remove(.address(address))
                }
                owners.letGo([address], of: service)
            } catch {
                throw Failure(error, "can't delete the virtual service of \(address)")
            }
        }
    }

    package func set(_ destination: Endpoint, weight: Int, _ definition: ServiceDefinition) async throws(Failure) {
        for address in definition.addresses {
            do throws(IPVSError) {
                if try await client.virtualService(.address(address)) == nil {
                    try await client.add(virtualService(address, definition))
                }
                let found = try await status(of: destination, at: address)
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

    package func quiesce(_ destination: Endpoint, at addresses: [ServiceAddress]) async throws(Failure) {
        for address in addresses {
            do throws(IPVSError) {
                let found = try await status(of: destination, at: address)
                guard let found else { continue }
                if address.transport == .udp {
                    try await client.remove(Destination.Identity(destination), from: .address(address))
                    continue
                }
                guard found.destination.weight != 0 else { continue }
                try await client.edit(Destination(destination, weight: 0), of: .address(address))
            } catch {
                throw Failure(error, "can't set \(destination) to weight 0 at \(address)")
            }
        }
    }

    package func activeConnections(
        _ destination: Endpoint,
        at addresses: [ServiceAddress]
    ) async -> Result<Int, Failure> {
        var active = 0
        for address in addresses {
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

    package func delete(_ destination: Endpoint, from addresses: [ServiceAddress]) async throws(Failure) {
        for address in addresses {
            do throws(IPVSError) {
                guard try await status(of: destination, at: address) != nil else { continue }
                try await client.remove(Destination.Identity(destination), from: .address(address))
            } catch {
                throw Failure(error, "can't delete \(destination) from \(address)")
            }
        }
    }

    /// The destination as the kernel has it; nil where it isn't one.
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
            found[address] = [:]
            for status in entry.destinations {
                guard let endpoint = status.destination.identity.endpoint else { continue }
                found[address]?[endpoint] = status.destination.weight
            }
        }
        return found
    }
}
