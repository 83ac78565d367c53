package import Addresses

/// The wanted state of the kernel's table.
extension Rollout {
    /// Each virtual service that is ours and stays, with its destinations.
    ///
    /// The settings are those of the current revision. Those of the candidate are used only at addresses that the current
    /// revision doesn't have, so that a candidate changes nothing for clients of the revision that serves.
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
            // With UDP, a destination that should get nothing new is deleted instead of getting weight 0.
            instance.weight == 0 && address.transport == .udp ? nil : .weight(instance.weight)
        // Its process has ended, and Docker may give its address to another container.
        case .detaching, .removing: nil
        }
    }

    /// The settings in force at an address; nil when no definition has it.
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

    /// The addresses at which an instance has a destination, or will have one.
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

    /// Releases virtual services without present or future destinations: with the service, or after a change of address.
    mutating func releaseUnusedAddresses() {
        let unused = claims.release(except: neededAddresses)
        if !unused.isEmpty { emit(.releaseAddresses(unused)) }
    }

    /// Applies the traffic settings of a revision that has become current.
    mutating func applySettings() {
        guard management == .managed, let current else { return }
        var definition = effective(current).definition
        definition.addresses.removeAll { !claimed.contains($0) }
        if claims.apply(definition.trafficSettings) { emit(.configure(definition)) }
    }
}
