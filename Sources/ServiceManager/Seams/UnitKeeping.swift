package import ServiceModel

/// What a person may ask of the unit of a service's manager.
package enum ManagerOrder: String, Equatable, Sendable {
    case start, stop
}

/// Brings the service manager's units to where a service wants them, in its own time; nothing waits for it.
package protocol UnitKeeping: Sendable {
    /// Sets the wanted state of the units of a service.
    func update(_ wishes: UnitWishes)

    /// A service has a definition: where it names an address, the service gets units of its own.
    func defined(_ definition: AcceptedDefinition, of service: ServiceID)

    /// A service's document is gone.
    func withdrawn(_ service: ServiceID)

    /// Whether the service manager of the host has no unit of the service; false while that can't be told.
    func isGone(_ service: ServiceID) async -> Bool

    /// Returns when all that a container wrote is in the journal, or no one is copying it, or the copying makes no headway, or
    /// when the task is cancelled.
    func outputCopied(of container: ContainerID, _ service: ServiceID) async
}

/// For hosts without systemd as PID 1 (`--units none`).
package struct NoUnits: UnitKeeping {
    package init() {}

    package func update(_ wishes: UnitWishes) {}

    package func defined(_ definition: AcceptedDefinition, of service: ServiceID) {}

    package func withdrawn(_ service: ServiceID) {}

    package func isGone(_ service: ServiceID) async -> Bool { false }

    package func outputCopied(of container: ContainerID, _ service: ServiceID) async {}
}
