package import ServiceModel

/// What comes in at the manager.
package enum ManagerEvent: Sendable {
    case source(SourceEvent, DefinitionOrigin)
    /// The unit of a service names a database; nil: none that is its own, or the unit is gone.
    case databaseNamed(ServiceID, DefinitionOrigin?)
    case service(ServiceID, RolloutEvent)
    /// Nothing is left of a service that would have to be remembered.
    case gone(ServiceID)
    /// Time has passed.
    case beat
    /// An address that was refused to a service may be had now.
    case addressesChanged
    /// The kernel's table isn't what a service wants.
    case drifted(ServiceID, [TrafficRepair])
}

/// The way in for everything that happens outside.
package struct ManagerInbox: Sendable {
    private let continuation: AsyncStream<ManagerEvent>.Continuation

    package init(continuation: AsyncStream<ManagerEvent>.Continuation) {
        self.continuation = continuation
    }

    package func send(_ event: ManagerEvent) {
        continuation.yield(event)
    }
}
