package import ServiceModel

/// An event for the manager.
package enum ManagerEvent: Sendable {
    case source(SourceEvent, DefinitionOrigin)
    /// The unit of a service names a database; nil when it names none, or the unit no longer exists.
    case databaseNamed(ServiceID, DefinitionOrigin?)
    case service(ServiceID, RolloutEvent)
    /// Nothing of a service is left that must be remembered.
    case gone(ServiceID)
    /// Time has passed.
    case beat
    /// An address that was refused to a service may be free now.
    case addressesChanged
    /// The kernel's table isn't what a service wants.
    case drifted(ServiceID, [TrafficRepair])
}

/// The entry for everything that happens outside of the manager.
package struct ManagerInbox: Sendable {
    private let continuation: AsyncStream<ManagerEvent>.Continuation

    package init(continuation: AsyncStream<ManagerEvent>.Continuation) {
        self.continuation = continuation
    }

    package func send(_ event: ManagerEvent) {
        continuation.yield(event)
    }
}
