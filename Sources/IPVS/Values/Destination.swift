/// A destination (real server) of a virtual service.
public struct Destination: Hashable, Sendable {
    /// What identifies it among the service's destinations.
    ///
    /// It can't be changed.
    public let identity: Identity

    /// Its share of new connections, 0…2147483647 (`ipvsadm` takes up to 65535).
    ///
    /// With 0 it gets none, and keeps those it has.
    public var weight: Int

    /// How packets reach it.
    ///
    /// The kernel changes this to `.local` when the address is one of this host's.
    public var forwarding: ForwardingMethod

    /// The number of connections above which it gets no more; 0 for no limit.
    public var upperThreshold: UInt32

    /// The number of connections below which it gets new ones again; 0 for three quarters of the upper threshold.
    public var lowerThreshold: UInt32

    /// Describes a destination; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - identity: Where it is.
    ///   - weight: Its share of new connections.
    ///   - forwarding: How packets reach it.
    ///   - upperThreshold: The number of connections above which it gets no more; 0 for no limit.
    ///   - lowerThreshold: The number below which it gets new ones again; at most `upperThreshold`.
    public init(
        _ identity: Identity,
        weight: Int = 1,
        forwarding: ForwardingMethod = .masquerade,
        upperThreshold: UInt32 = 0,
        lowerThreshold: UInt32 = 0
    ) {
        self.identity = identity
        self.weight = weight
        self.forwarding = forwarding
        self.upperThreshold = upperThreshold
        self.lowerThreshold = lowerThreshold
    }

    /// Describes a destination; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - endpoint: Where it listens.
    ///   - weight: Its share of new connections.
    ///   - forwarding: How packets reach it.
    ///   - upperThreshold: The number of connections above which it gets no more; 0 for no limit.
    ///   - lowerThreshold: The number below which it gets new ones again; at most `upperThreshold`.
    public init(
        _ endpoint: Endpoint,
        weight: Int = 1,
        forwarding: ForwardingMethod = .masquerade,
        upperThreshold: UInt32 = 0,
        lowerThreshold: UInt32 = 0
    ) {
        self.init(
            Identity(endpoint),
            weight: weight,
            forwarding: forwarding,
            upperThreshold: upperThreshold,
            lowerThreshold: lowerThreshold
        )
    }
}
