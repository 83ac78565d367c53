/// A virtual service in the kernel.
public struct VirtualServiceStatus: Hashable, Sendable {
    /// What is configured.
    public var service: VirtualService
    /// What it has handled.
    public var statistics: Statistics

    /// Makes a status.
    ///
    /// - Parameters:
    ///   - service: What is configured.
    ///   - statistics: What it has handled.
    public init(service: VirtualService, statistics: Statistics = Statistics()) {
        self.service = service
        self.statistics = statistics
    }
}

/// A destination in the kernel.
public struct DestinationStatus: Hashable, Sendable {
    /// What is configured.
    public var destination: Destination
    /// Connections that are established, or whose handshake was begun.
    ///
    /// A drain waits until there are none.
    public var activeConnections: UInt32
    /// Connections in any other state.
    ///
    /// Most of them are closed, but not forgotten yet.
    public var inactiveConnections: UInt32
    /// Clients that stay with this destination.
    public var persistentConnections: UInt32
    /// What it has handled.
    public var statistics: Statistics

    /// Makes a status.
    ///
    /// - Parameters:
    ///   - destination: What is configured.
    ///   - activeConnections: Connections that are established, or whose handshake was begun.
    ///   - inactiveConnections: Connections in any other state.
    ///   - persistentConnections: Clients that stay with it.
    ///   - statistics: What it has handled.
    public init(
        destination: Destination,
        activeConnections: UInt32 = 0,
        inactiveConnections: UInt32 = 0,
        persistentConnections: UInt32 = 0,
        statistics: Statistics = Statistics()
    ) {
        self.destination = destination
        self.activeConnections = activeConnections
        self.inactiveConnections = inactiveConnections
        self.persistentConnections = persistentConnections
        self.statistics = statistics
    }
}
