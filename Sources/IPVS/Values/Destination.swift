/// A destination (real server) of a virtual service.
public struct Destination: Hashable, Sendable {
    /// What tells it from the service's other destinations; it can't be changed.
    public let identity: Identity

    /// Its share of new connections, 0…2147483647 (`ipvsadm` takes up to 65535); 0 gets none, and keeps those it has.
    public var weight: Int

    /// How packets get to it.
    ///
    /// The kernel makes this `.local` by itself when the address is one of this host's.
    public var forwarding: ForwardingMethod

    /// How many connections it may have before it gets no more; 0 is no limit.
    public var upperThreshold: UInt32

    /// How few connections it must have to get some again after the upper threshold; 0 is three quarters of that.
    public var lowerThreshold: UInt32

    /// Describes a destination; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - identity: Where it is.
    ///   - weight: Its share of new connections.
    ///   - forwarding: How packets get to it.
    ///   - upperThreshold: How many connections it may have; 0 is no limit.
    ///   - lowerThreshold: How few it must have to get some again; at most `upperThreshold`.
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
    ///   - forwarding: How packets get to it.
    ///   - upperThreshold: How many connections it may have; 0 is no limit.
    ///   - lowerThreshold: How few it must have to get some again; at most `upperThreshold`.
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
