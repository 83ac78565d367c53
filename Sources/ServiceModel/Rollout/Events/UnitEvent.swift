package import Addresses

/// What happens to a service's systemd units.
package enum UnitEvent: Equatable, Sendable {
    /// The manager's unit has started with these addresses (nil for the document's), or the service runs without units.
    case managerStarted([ServiceAddress]?)
    /// The manager's unit is asked to stop.
    case managerStopRequested
    /// What was found of the manager's unit of a service that isn't managed.
    case managerFound(ManagerStanding)
    /// The name of the service's units is taken by another program's template, in this file; nil when it is free again.
    case unitsTaken(by: String?)
    /// A revision's unit is asked to stop by a person.
    case revisionStopRequested(Revision, isShutdown: Bool = false)
    /// A person starts the current revision's unit, which was stopped.
    case revisionStartRequested(Revision)
}
