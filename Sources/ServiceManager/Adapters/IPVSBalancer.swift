package import Addresses
package import IPVS
package import ServiceModel

/// Balances traffic through the kernel's virtual services.
package struct IPVSBalancer: LoadBalancer {
    let client: IPVSClient
    let owners: AddressOwners
    let table = ConnectionTable()
    private let localAddresses: @Sendable () -> Set<IPAddress>?
    /// Makes the kernel send a UDP client's next packet to another destination than the one that was deleted.
    let forgetConnections: @Sendable (ServiceAddress, Endpoint) async -> Void

    /// - Parameters:
    ///   - client: The kernel's IPVS.
    ///   - owners: Which service has which address.
    ///   - forgetConnections: Forgets the connections through an address to a destination that was deleted.
    ///   - localAddresses: The addresses of this host; nil when they can't be listed.
    package init(
        client: IPVSClient,
        owners: AddressOwners,
        forgetConnections: @escaping @Sendable (ServiceAddress, Endpoint) async -> Void,
        localAddresses: @escaping @Sendable () -> Set<IPAddress>?
    ) {
        self.client = client
        self.owners = owners
        self.forgetConnections = forgetConnections
        self.localAddresses = localAddresses
    }

    package func claim(
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        var taken: [ServiceAddress] = []
        do throws(Failure) {
            for address in definition.addresses {
                try check(address)
                let isNew = owners.owner(of: address) == nil
                let owner = owners.take(address, for: service)
                guard owner == service else { throw Self.taken(address, by: owner) }
                if isNew { taken.append(address) }
            }
            try await make(definition, claims)
        } catch {
            owners.letGo(taken, of: service)
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

    private func make(_ definition: ServiceDefinition, _ claims: Claims) async throws(Failure) {
        var missing: [(address: ServiceAddress, service: VirtualService)] = []
        var different: [VirtualService] = []
        var foreign: Failure?
        do throws(IPVSError) {
            guard try await client.hasScheduler(Scheduler(rawValue: definition.scheduler)) else {
                throw IPVSError.noSuchScheduler(Scheduler(rawValue: definition.scheduler))
            }
            for address in definition.addresses {
                let wanted = VirtualService(address, definition.trafficSettings)
                guard let found = try await client.virtualService(.address(address)) else {
                    missing.append((address, wanted))
                    continue
                }
                guard claims.owned.contains(address) else {
                    foreign = Self.foreign(address, try await client.destinations(of: .address(address)))
                    break
                }
                if found.service != wanted, !claims.settled.contains(address) { different.append(wanted) }
            }
        } catch .noSuchScheduler(let scheduler) {
            throw await unknown(scheduler)
        } catch {
            throw Failure(error, "can't look for the virtual services of \(definition.addressList)")
        }
        if let foreign { throw foreign }
        if !missing.isEmpty { try claims.remember(missing.map(\.address)) }
        var made: [VirtualService.Identity] = []
        do throws(IPVSError) {
            for (_, service) in missing {
                try await client.add(service)
                made.append(service.identity)
            }
            for service in different { try await client.edit(service) }
        } catch {
            for identity in made { try? await client.remove(identity) }
            claims.forget(missing.map(\.address).filter { !claims.owned.contains($0) })
            throw Failure(error, "can't create the virtual services of \(definition.addressList)")
        }
    }

    static func taken(_ address: ServiceAddress, by owner: ServiceID) -> Failure {
        Failure(
            "\(address) is the address of the service \(owner): give one of them another address, or stop \(owner)",
            isTransient: true
        )
    }

    static func foreign(_ address: ServiceAddress, _ destinations: [DestinationStatus]) -> Failure {
        let there =
            destinations.isEmpty
            ? "without a destination"
            : "with " + destinations.map { "\($0.destination.identity)" }.joined(separator: ", ")
        return Failure(
            "\(address) has a virtual service that isn't ours, \(there). It was not touched: "
                + "delete it (ipvsadm -D) or use another address"
        )
    }

    /// Names the schedulers that the kernel has.
    ///
    /// The kernel is asked only here, because it loads each module that it is asked for.
    private func unknown(_ scheduler: Scheduler) async -> Failure {
        var there: [String] = []
        for name in ServiceDefinition.schedulers
        where (try? await client.hasScheduler(Scheduler(rawValue: name))) == true {
            there.append(name)
        }
        return Failure(
            "this kernel has no scheduler \"\(scheduler)\"; it has \(there.joined(separator: ", ")). "
                + "Use one of them, or install the module ip_vs_\(scheduler)"
        )
    }

    package func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure) {
        for address in definition.addresses where owners.owner(of: address) == service {
            do throws(IPVSError) {
                let wanted = VirtualService(address, definition.trafficSettings)
                guard let found = try await client.virtualService(.address(address)), found.service != wanted else {
                    continue
                }
                try await client.edit(wanted)
            } catch {
                throw Failure(error, "can't set \(address) to \(definition.trafficSettings)")
            }
        }
    }

    package func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure) {
        for address in addresses where owners.owner(of: address) == service {
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
}

extension ServiceDefinition {
    fileprivate var addressList: String { addresses.map(\.description).joined(separator: ", ") }
}
