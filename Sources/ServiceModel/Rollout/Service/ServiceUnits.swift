package import Addresses

/// What systemd has reported about the units of a service.
package struct ServiceUnits: Equatable, Sendable {
    /// The address that the manager's unit was started with; it wins over the document's.
    package internal(set) var addresses: [ServiceAddress]?
    /// The file of another program's template with the name of the service's units.
    package internal(set) var foreignTemplate: String?
    /// Why the manager's unit doesn't run, while the service isn't managed.
    package internal(set) var manager = ManagerStanding.awaited
    /// True while the current revision is down because a person stopped its unit.
    package internal(set) var isHandStopped = false

    package init() {}

    /// The definition with the addresses in force: the unit's, if it names any.
    func effective(_ deployment: Deployment) -> Deployment {
        guard let addresses else { return deployment }
        var effective = deployment
        effective.definition.addresses = addresses
        return effective
    }
}

/// Why the manager's unit of a service doesn't run.
package enum ManagerStanding: String, Equatable, Sendable, Codable {
    /// It is about to be made and started, or wasn't looked for yet. → `missing`, `stopped`.
    case awaited
    /// There is none: neither did a person write one, nor has the document an address to make one with. → `awaited`.
    case missing
    /// A person stopped it, or hasn't started it. → `awaited` (it has started).
    case stopped
}
