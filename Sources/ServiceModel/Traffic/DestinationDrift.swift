package import Addresses

/// Compares the kernel's table with what a service wants.
package enum DestinationDrift {
    /// The repairs for all differences, in the order in which they must be made.
    ///
    /// Missing destinations are added before foreign ones are deleted, so that a virtual service isn't left without a
    /// destination in between. Addresses that aren't wanted are never touched.
    ///
    /// - Parameters:
    ///   - wanted: The wanted state of each virtual service of ours.
    ///   - observed: What the kernel has.
    /// - Returns: The repairs; empty when nothing differs.
    package static func repairs(
        wanted: [ServiceAddress: WantedVirtualService],
        observed: [ServiceAddress: ObservedVirtualService]
    ) -> [TrafficRepair] {
        wanted.sorted { $0.key < $1.key }.flatMap { address, wanted in
            faults(wanted, observed[address]).map { TrafficRepair(address, $0) }
        }
    }

    private static func faults(
        _ wanted: WantedVirtualService,
        _ observed: ObservedVirtualService?
    ) -> [TrafficRepair.Fault] {
        let weights = wanted.destinations.compactMapValues { wanted -> Int? in
            if case .weight(let weight) = wanted { weight } else { nil }
        }
        guard let observed else {
            // Without a definition there are no settings to create it with. The next claim creates it.
            return wanted.settings.map { [.virtualServiceMissing($0, weights)] } ?? []
        }
        var faults: [TrafficRepair.Fault] = []
        if let settings = wanted.settings, settings != observed.settings {
            faults.append(.settingsChanged(found: observed.settingsText, wanted: settings))
        }
        for (endpoint, weight) in weights.sorted(by: { $0.key < $1.key }) {
            guard let found = observed.destinations[endpoint] else {
                faults.append(.destinationMissing(endpoint, weight: weight))
                continue
            }
            guard found.weight != weight || !found.isPlain else { continue }
            let text = "weight \(found.weight)" + (found.isPlain ? "" : " with other forwarding or limits")
            faults.append(.destinationChanged(endpoint, found: text, weight: weight))
        }
        for (endpoint, found) in observed.destinations.sorted(by: { $0.key < $1.key })
        where wanted.destinations[endpoint] == nil {
            faults.append(.destinationForeign(endpoint, weight: found.weight))
        }
        return faults
    }
}
