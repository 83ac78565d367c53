public import Addresses

/// A connection that IPVS remembers: a line of `/proc/net/ip_vs_conn`.
public struct TrackedConnection: Hashable, Sendable {
    /// The transport protocol.
    public var transport: TransportProtocol
    /// The client; with port 0 in the template of a persistent client, which isn't a connection.
    public var client: Peer
    /// The virtual service's address.
    public var service: Peer
    /// The destination that it goes to.
    public var destination: Peer
    /// The kernel's name of the state, such as `ESTABLISHED` or `SYN_SENT`.
    public var state: String
    /// The time until it is forgotten if no packet comes, in whole seconds.
    public var expires: Duration

    /// An address with a port, which may be 0.
    public struct Peer: Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// The port.
        public var port: UInt16

        /// Makes a peer.
        ///
        /// - Parameters:
        ///   - address: The address.
        ///   - port: The port.
        public init(address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// The stage that the state stands for.
    public var stage: Stage {
        switch state {
        case "ESTABLISHED": .established
        // The other states that count in ActiveConn: `tcp_state_active_table` in the kernel's ip_vs_proto_tcp.c.
        case "SYN_SENT", "SYN_RECV", "SYNACK": .halfOpen
        default: .inactive
        }
    }

    /// A stage of a connection.
    public enum Stage: Hashable, Sendable {
        /// Both sides have the connection open.
        case established
        /// The handshake isn't complete. It counts in ActiveConn for up to two minutes, even when both sides are gone.
        case halfOpen
        /// It has ended, or has no states, as with UDP.
        case inactive
    }
}

extension TrackedConnection {
    /// Reads a line of `/proc/net/ip_vs_conn`, as `ip_vs_conn_seq_show` of Linux 6.1 writes it.
    ///
    /// `TCP AC120001 8B1E AC120001 1B59 AC110002 0050 ESTABLISHED     899`: addresses of IPv4 as eight hexadecimal digits, of
    /// IPv6 as eight groups of four; ports in hexadecimal.
    ///
    /// - Parameter line: The line, without its line feed. The result is nil for the heading and for invalid lines.
    public init?(line: some StringProtocol) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 9, let transport = try? TransportProtocol(fields[0]),
            let client = Peer(fields[1], fields[2]), let service = Peer(fields[3], fields[4]),
            let destination = Peer(fields[5], fields[6]), let seconds = UInt32(fields[8])
        else { return nil }
        self.init(
            transport: transport,
            client: client,
            service: service,
            destination: destination,
            state: String(fields[7]),
            expires: .seconds(seconds)
        )
    }
}

extension TrackedConnection.Peer {
    fileprivate init?(_ address: some StringProtocol, _ port: some StringProtocol) {
        guard port.utf8.count == 4, let port = UInt16(port, radix: 16) else { return nil }
        let found: IPAddress?
        if address.contains(":") {
            found = try? IPAddress(address)
        } else {
            guard address.utf8.count == 8, let number = UInt32(address, radix: 16) else { return nil }
            found = IPAddress(bytes: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
        }
        guard let found else { return nil }
        self.init(address: found, port: port)
    }

    /// Whether it has this endpoint's address and port.
    public func isSame(as endpoint: Endpoint) -> Bool { address == endpoint.address && port == endpoint.port.rawValue }
}
