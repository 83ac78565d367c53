package import Addresses

/// The wanted state of a virtual service of ours in the kernel.
package struct WantedVirtualService: Equatable, Sendable {
    /// The settings; nil when no definition of the service has this address any more.
    package var settings: TrafficSettings?
    /// The destinations; any other one is foreign.
    package var destinations: [Endpoint: WantedDestination]

    package init(settings: TrafficSettings?, destinations: [Endpoint: WantedDestination] = [:]) {
        self.settings = settings
        self.destinations = destinations
    }
}

/// The wanted state of a destination.
package enum WantedDestination: Equatable, Sendable {
    case weight(Int)
    /// A write that changes it is under way.
    case undecided
}

/// A virtual service as it was found in the kernel.
package struct ObservedVirtualService: Equatable, Sendable {
    /// The settings; nil when no definition could have them.
    package var settings: TrafficSettings?
    /// The settings as text.
    package var settingsText: String
    package var destinations: [Endpoint: ObservedDestination]

    package init(settings: TrafficSettings?, settingsText: String, destinations: [Endpoint: ObservedDestination] = [:])
    {
        self.settings = settings
        self.settingsText = settingsText
        self.destinations = destinations
    }
}

/// A destination as it was found in the kernel.
package struct ObservedDestination: Equatable, Sendable {
    package var weight: Int
    /// False when it forwards in another way than ours, or limits its connections.
    package var isPlain: Bool
    /// The kernel's counts of its connections: `ActiveConn` and `InActConn` of `ipvsadm -Ln`.
    package var activeConnections: Int
    package var inactiveConnections: Int

    package init(weight: Int, isPlain: Bool = true, activeConnections: Int = 0, inactiveConnections: Int = 0) {
        self.weight = weight
        self.isPlain = isPlain
        self.activeConnections = activeConnections
        self.inactiveConnections = inactiveConnections
    }
}
