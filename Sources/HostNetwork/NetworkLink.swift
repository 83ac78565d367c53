import CNetlink

/// A network interface as the kernel describes it (`RTM_NEWLINK`).
struct NetworkLink: Hashable, Sendable {
    /// The interface's index.
    var index: Int32

    /// Its name.
    var name: String

    /// The bridge it is a port of, by index.
    var bridge: Int32?

    /// The network namespace that the other end of a veth pair is in, as numbered by ours; nil when it is our own.
    var peerNamespace: Int32?

    /// Whether frames may leave through the port they came in by; nil for what isn't a bridge port.
    var hairpin: Bool?
}

extension NetworkLink {
    /// Decodes a message; nil when it isn't a link or is cut short.
    ///
    /// - Parameter message: `struct ifinfomsg` with `IFLA_…` attributes, `<linux/if_link.h>`.
    init?(_ message: RouteMessage) {
        guard message.type == RTM_NEWLINK, let index: Int32 = message.payload.number(at: 4) else { return nil }
        let fields = attributes(message.payload.dropFirst(16))
        guard let name = fields[IFLA_IFNAME] else { return nil }
        self.index = index
        self.name = text(name)
        bridge = fields[IFLA_MASTER]?.number(at: 0)
        peerNamespace = fields[IFLA_LINK_NETNSID]?.number(at: 0)
        let details = attributes(fields[IFLA_LINKINFO] ?? [])
        if let kind = details[IFLA_INFO_SLAVE_KIND], text(kind) == "bridge" {
            let port = attributes(details[IFLA_INFO_SLAVE_DATA] ?? [])
            hairpin = port[IFLA_BRPORT_MODE]?.number(at: 0, as: UInt8.self).map { $0 != 0 }
        }
    }
}

/// An entry of a bridge's forwarding database: which port a hardware address was seen behind.
struct ForwardingEntry: Hashable, Sendable {
    /// The hardware address.
    var address: MACAddress

    /// The port's index.
    var port: Int32

    /// The bridge's index.
    var bridge: Int32?
}

extension ForwardingEntry {
    /// Decodes a message; nil when it isn't one, is cut short, or has no Ethernet address.
    ///
    /// - Parameter message: `struct ndmsg` with `NDA_…` attributes, `<linux/neighbour.h>`.
    init?(_ message: RouteMessage) {
        guard message.type == RTM_NEWNEIGH, let port: Int32 = message.payload.number(at: 4) else { return nil }
        let fields = attributes(message.payload.dropFirst(12))
        guard let bytes = fields[NDA_LLADDR], let address = MACAddress(bytes: bytes) else { return nil }
        self.address = address
        self.port = port
        bridge = fields[NDA_MASTER]?.number(at: 0)
    }
}
