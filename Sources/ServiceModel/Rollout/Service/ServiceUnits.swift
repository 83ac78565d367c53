package import Addresses

/// What systemd has reported about the units of a service.
package struct ServiceUnits: Equatable, Sendable {
    /// The address that the manager's unit was started with; it wins over the document's.
    package internal(set) var addresses: [ServiceAddress]?
    /// The file of another program's template with the name of the service's units.
    package internal(set) var foreignTemplate: String?
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
