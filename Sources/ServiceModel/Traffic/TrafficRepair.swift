package import Addresses

/// One difference between the kernel's table and what a service wants, with its repair.
package struct TrafficRepair: Hashable, Sendable {
    /// The address of the virtual service.
    package var address: ServiceAddress
    package var fault: Fault

    package init(_ address: ServiceAddress, _ fault: Fault) {
        self.address = address
        self.fault = fault
    }

    package enum Fault: Hashable, Sendable {
        /// The virtual service is missing: it is created again, with these destinations and their weights.
        case virtualServiceMissing(TrafficSettings, [Endpoint: Int])
        /// Scheduler, flags or persistence aren't what the definition says: they are set.
        case settingsChanged(found: String, wanted: TrafficSettings)
        /// The destination is missing: it is added with this weight.
        case destinationMissing(Endpoint, weight: Int)
        /// The destination has another weight, or forwards in another way: it is set to this weight.
        case destinationChanged(Endpoint, found: String, weight: Int)
        /// The destination isn't one of our containers: it is deleted.
        case destinationForeign(Endpoint, weight: Int)
    }

    /// The kind of difference, for counting.
    package enum Kind: String, Sendable, CaseIterable {
        case virtualServiceMissing = "virtual_service_missing"
        case settingsChanged = "settings_changed"
        case destinationMissing = "destination_missing"
        case destinationChanged = "destination_changed"
        case destinationForeign = "destination_foreign"
    }

    package var kind: Kind {
        switch fault {
        case .virtualServiceMissing: .virtualServiceMissing
        case .settingsChanged: .settingsChanged
        case .destinationMissing: .destinationMissing
        case .destinationChanged: .destinationChanged
        case .destinationForeign: .destinationForeign
        }
    }

    /// The destination that differs; nil when the virtual service itself does.
    package var destination: Endpoint? {
        switch fault {
        case .virtualServiceMissing, .settingsChanged: nil
        case .destinationMissing(let endpoint, _), .destinationChanged(let endpoint, _, _),
            .destinationForeign(let endpoint, _):
            endpoint
        }
    }

    /// Whether both concern the same difference, even if its extent has changed.
    package func isSameDifference(as other: TrafficRepair) -> Bool {
        address == other.address && kind == other.kind && destination == other.destination
    }
}

extension TrafficRepair: CustomStringConvertible {
    /// What was found and what is done, as one clause for the journal.
    package var description: String {
        switch fault {
        case .virtualServiceMissing(let settings, let destinations):
            "the virtual service \(address) was deleted by somebody else: it is created again (\(settings)) with "
                + (destinations.isEmpty
                    ? "no destination"
                    : destinations.keys.sorted().map(\.description).joined(separator: ", "))
        case .settingsChanged(let found, let wanted):
            "the virtual service \(address) was changed to \(found): it is set back to \(wanted)"
        case .destinationMissing(let endpoint, let weight):
            "the destination \(endpoint) of \(address) was deleted by somebody else: it is added again with weight \(weight)"
        case .destinationChanged(let endpoint, let found, let weight):
            "the destination \(endpoint) of \(address) was changed to \(found): it is set back to weight \(weight)"
        case .destinationForeign(let endpoint, let weight):
            "the destination \(endpoint) of \(address), weight \(weight), is not a container of this service: it is deleted"
        }
    }
}
