/// A virtual service: what clients connect to, and how its connections are spread over destinations.
public struct VirtualService: Hashable, Sendable {
    /// What identifies it.
    ///
    /// It can't be changed.
    public let identity: Identity

    /// How a destination is chosen.
    public var scheduler: Scheduler

    /// Whether a client's later connections go where its first one went, and for how long.
    public var persistence: Persistence?

    /// One-packet scheduling, and the scheduler's own flags.
    public var flags: Flags

    /// Describes a virtual service; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - identity: What identifies it.
    ///   - scheduler: How a destination is chosen.
    ///   - persistence: How clients stay with a destination; nil if they don't.
    ///   - flags: One-packet scheduling, and the scheduler's own flags.
    public init(
        _ identity: Identity,
        scheduler: Scheduler = .weightedLeastConnection,
        persistence: Persistence? = nil,
        flags: Flags = []
    ) {
        self.identity = identity
        self.scheduler = scheduler
        self.persistence = persistence
        self.flags = flags
    }

    /// Describes a virtual service on an address and a port; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - address: Protocol, address and port.
    ///   - scheduler: How a destination is chosen.
    ///   - persistence: How clients stay with a destination; nil if they don't.
    ///   - flags: One-packet scheduling, and the scheduler's own flags.
    public init(
        _ address: ServiceAddress,
        scheduler: Scheduler = .weightedLeastConnection,
        persistence: Persistence? = nil,
        flags: Flags = []
    ) {
        self.init(.address(address), scheduler: scheduler, persistence: persistence, flags: flags)
    }
}
