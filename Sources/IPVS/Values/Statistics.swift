/// What a virtual service or a destination has handled since it was made, or since its counters were zeroed.
///
/// Kernels before 4.1 count in 32 bits, so their figures wrap around.
public struct Statistics: Hashable, Sendable {
    /// Connections that were scheduled.
    public var connections: UInt64 = 0
    /// Packets from clients.
    public var incomingPackets: UInt64 = 0
    /// Packets to clients; those of direct routing and tunnels don't pass here.
    public var outgoingPackets: UInt64 = 0
    /// Bytes from clients.
    public var incomingBytes: UInt64 = 0
    /// Bytes to clients.
    public var outgoingBytes: UInt64 = 0
    /// Connections per second, of late.
    public var connectionRate: UInt64 = 0
    /// Packets from clients per second, of late.
    public var incomingPacketRate: UInt64 = 0
    /// Packets to clients per second, of late.
    public var outgoingPacketRate: UInt64 = 0
    /// Bytes from clients per second, of late.
    public var incomingByteRate: UInt64 = 0
    /// Bytes to clients per second, of late.
    public var outgoingByteRate: UInt64 = 0

    /// Makes statistics of something that has handled nothing yet.
    public init() {}
}
