package import ServiceModel

/// What a person may ask of the unit of a service's manager.
package enum ManagerOrder: String, Equatable, Sendable {
    case start, stop
}

/// Brings systemd's units into the state that a service wants, in its own time; nothing waits for it.
package protocol UnitKeeping: Sendable {
    /// Sets the wanted state of the units of a service.
    func update(_ wishes: UnitWishes)

    /// A service has a definition; if it names an address, the service gets units of its own.
    func defined(_ definition: AcceptedDefinition, of service: ServiceID)

    /// A service's document was deleted.
    func withdrawn(_ service: ServiceID)

    /// Whether systemd has no unit of the service; false while that can't be found out.
    func isGone(_ service: ServiceID) async -> Bool

    /// Returns when all output of a container is in the journal, when no `launch` copies it, when the copying makes no
    /// progress, or when the task is cancelled.
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
