/// What a virtual service or a destination has handled since it was created, or since its counters were zeroed.
///
/// Kernels before 4.1 have 32-bit counters, which wrap around.
public struct Statistics: Hashable, Sendable {
    /// Connections that were scheduled.
    public var connections: UInt64 = 0
    /// Packets from clients.
    public var incomingPackets: UInt64 = 0
    /// Packets to clients; those of direct routing and tunnels don't pass through this host.
    public var outgoingPackets: UInt64 = 0
    /// Bytes from clients.
    public var incomingBytes: UInt64 = 0
    /// Bytes to clients.
    public var outgoingBytes: UInt64 = 0
    /// Recent connections per second.
    public var connectionRate: UInt64 = 0
    /// Recent packets from clients per second.
    public var incomingPacketRate: UInt64 = 0
    /// Recent packets to clients per second.
    public var outgoingPacketRate: UInt64 = 0
    /// Recent bytes from clients per second.
    public var incomingByteRate: UInt64 = 0
    /// Recent bytes to clients per second.
    public var outgoingByteRate: UInt64 = 0

    /// Makes statistics with all counters at 0.
    public init() {}
}
