package import Addresses

/// The wanted state of the kernel's table.
extension Rollout {
    /// Each virtual service that is ours and stays, with its destinations.
    ///
    /// The settings are those of the current revision, and of the candidate only where that one doesn't have the address:
    /// a revision that has yet to prove itself changes nothing for clients of the one that serves.
    package var wantedTraffic: [ServiceAddress: WantedVirtualService] {
        var wanted: [ServiceAddress: WantedVirtualService] = [:]
        for address in claimed.intersection(neededAddresses) {
            wanted[address] = WantedVirtualService(settings: settings(of: address))
        }
        for instance in instances.values where instance.wantsDestination {
            for (address, endpoint) in instance.destinations {
                guard let destination = wantedDestination(of: instance, at: address) else { continue }
                wanted[address]?.destinations[endpoint] = destination
            }
        }
        return wanted
    }

    private func wantedDestination(of instance: Instance, at address: ServiceAddress) -> WantedDestination? {
        switch instance.phase {
        case .queued, .creating, .starting, .probing, .attaching: .undecided
        case .serving, .ejected, .draining, .stopping:
            // With UDP there is no weight 0: what is to get nothing new is deleted.
            instance.weight == 0 && address.transport == .udp ? nil : .weight(instance.weight)
        // Its process has ended, and Docker may give its address to a stranger.
        case .detaching, .removing: nil
        }
    }

    /// The settings that hold at an address; nil when nothing of ours has it.
    private func settings(of address: ServiceAddress) -> TrafficSettings? {
        let definitions =
            [current.map { effective($0).definition }, candidate?.definition].compactMap(\.self)
            + instances.values.sorted { $0.id > $1.id }.map(\.definition)
        return definitions.first { $0.addresses.contains(address) }?.trafficSettings
    }

    /// The addresses at which the current revision decides how connections are spread.
    package var settledAddresses: Set<ServiceAddress> {
        Set(current.map { effective($0).definition.addresses } ?? []).intersection(claimed)
    }

    /// The addresses that something has destinations at, or will have.
    var neededAddresses: Set<ServiceAddress> {
        var needed: Set<ServiceAddress> = []
        for instance in instances.values { needed.formUnion(instance.definition.addresses) }
        if case .managed = management {
            if let current { needed.formUnion(effective(current).definition.addresses) }
            if let candidate { needed.formUnion(candidate.definition.addresses) }
            if current == nil, candidate == nil { needed.formUnion(claimed) }
        }
        return needed
    }

    /// Virtual services go when nothing is in them and nothing will be: with the service, or after a change of address.
    mutating func releaseUnusedAddresses() {
        let unused = claims.release(except: neededAddresses)
        if !unused.isEmpty { emit(.releaseAddresses(unused)) }
    }

    /// Once another revision is current, its way of spreading connections holds.
    mutating func applySettings() {
        guard management == .managed, let current else { return }
        var definition = effective(current).definition
        definition.addresses.removeAll { !claimed.contains($0) }
        if claims.apply(definition.trafficSettings) { emit(.configure(definition)) }
    }
}
