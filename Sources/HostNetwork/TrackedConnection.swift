package import Addresses
import Netlink

/// A connection that netfilter tracks, from a message of ctnetlink.
package struct TrackedConnection: Hashable, Sendable {
    /// The transport protocol's number in an IP header.
    package var transport: UInt8
    /// The address and port that the client sent to.
    package var target: Endpoint
    /// The server that answers.
    package var server: Endpoint
    /// The attribute `CTA_TUPLE_ORIG`, unchanged, by which the kernel finds the connection.
    package var original: [UInt8]
    /// The attribute `CTA_ID`, unchanged, which distinguishes the connection from a later one; empty if there is none.
    package var id: [UInt8]
}

/// The messages of `<linux/netfilter/nfnetlink_conntrack.h>` that are used here.
package enum Conntrack {
    // `NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_…`
    static let new = 0x100
    static let get = 0x101
    static let delete = 0x102

    // CTA_…
    static let original = 1
    static let reply = 2
    static let id = 12
    static let filter = 25
    // CTA_TUPLE_…
    private static let address = 1
    private static let ports = 2
    // CTA_PROTO_…
    private static let transport = 1
    private static let sourcePort = 2
    private static let targetPort = 3
    private static let nested = 0x8000

    /// `struct nfgenmsg`: family, version 0, resource 0.
    static func header(_ family: IPAddress.Family) -> [UInt8] { [family == .ipv4 ? 2 : 10, 0, 0, 0] }

    /// Asks only for connections whose clients sent to this address (Linux 5.8 and later; other kernels return all).
    ///
    /// The flags in `CTA_FILTER` say which parts of the tuple count: its target address, protocol and target port
    /// (`CTA_FILTER_F_…` of the kernel's `net/netfilter/nf_internals.h`).
    package static func filter(_ service: ServiceAddress) -> [(type: Int32, payload: [UInt8])] {
        let endpoint = service.endpoint
        let isIPv4 = endpoint.address.family == .ipv4
        var tuple = NetlinkWriter()
        tuple.nested(address) { $0.attribute(isIPv4 ? 2 : 4, bytes: endpoint.address.bytes) }
        tuple.nested(ports) {
            $0.attribute(transport, service.transport.number)
            $0.attribute(targetPort, endpoint.port.rawValue.bigEndian)
        }
        var flags = NetlinkWriter()
        flags.attribute(1, UInt32(1 << 1 | 1 << 3 | 1 << 5))
        return [(Int32(original | nested), tuple.bytes), (Int32(filter | nested), flags.bytes)]
    }

    /// Asks to delete one connection.
    package static func deletion(_ connection: TrackedConnection) -> [(type: Int32, payload: [UInt8])] {
        let tuple = (Int32(original | nested), connection.original)
        return connection.id.isEmpty ? [tuple] : [tuple, (Int32(id), connection.id)]
    }

    /// Decodes a message; nil when it isn't a connection, or is truncated.
    ///
    /// - Parameters:
    ///   - type: `nlmsg_type`.
    ///   - payload: The bytes after the `nlmsghdr`.
    /// - Returns: The connection.
    package static func connection(type: Int, _ payload: ArraySlice<UInt8>) -> TrackedConnection? {
        guard type == new, payload.count >= 4, let fields = try? NetlinkAttributes(payload.dropFirst(4)),
            let original = fields.bytes(original), let reply = fields.bytes(reply), let sent = tuple(original),
            let answered = tuple(reply)
        else { return nil }
        return TrackedConnection(
            transport: sent.transport,
            target: sent.target,
            server: answered.source,
            original: Array(original),
            id: Array(fields.bytes(id) ?? [])
        )
    }

    private static func tuple(_ bytes: ArraySlice<UInt8>) -> (transport: UInt8, source: Endpoint, target: Endpoint)? {
        guard let fields = try? NetlinkAttributes(bytes), let addresses = try? fields.nested(address),
            let ports = try? fields.nested(ports), let transport = ports.number(transport, as: UInt8.self),
            let source = endpoint(addresses.bytes(1) ?? addresses.bytes(3), ports.number(sourcePort)),
            let target = endpoint(addresses.bytes(2) ?? addresses.bytes(4), ports.number(targetPort))
        else { return nil }
        return (transport, source, target)
    }

    private static func endpoint(_ address: ArraySlice<UInt8>?, _ port: UInt16?) -> Endpoint? {
        guard let address = address.flatMap({ IPAddress(bytes: $0) }),
            let port = port.flatMap({ Port(UInt16(bigEndian: $0)) })
        else { return nil }
        return Endpoint(address: address, port: port)
    }
}
