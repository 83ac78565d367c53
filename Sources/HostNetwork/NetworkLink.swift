import CNetlink
import Netlink

/// A network interface as the kernel describes it (`RTM_NEWLINK`).
struct NetworkLink: Hashable, Sendable {
    /// The interface's index.
    var index: Int32

    /// Its name.
    var name: String

    /// The index of the bridge that it is a port of.
    var bridge: Int32?

    /// The network namespace of the other end of a veth pair, by its number in ours; nil when it is our own.
    var peerNamespace: Int32?

    /// Whether frames may leave through the port that they came from; nil for what isn't a bridge port.
    var hairpin: Bool?
}

extension NetworkLink {
    /// Decodes a message; nil when it isn't a link, or is truncated.
    ///
    /// - Parameter message: `struct ifinfomsg` with `IFLA_…` attributes, `<linux/if_link.h>`.
    init?(_ message: NetlinkMessage) {
        guard message.type == RTM_NEWLINK, let index = message.payload.number(Int32.self, at: 4),
            let fields = try? message.attributes(after: 16), let name = fields.string(IFLA_IFNAME)
        else { return nil }
        self.index = index
        self.name = name
        bridge = fields.number(IFLA_MASTER)
        peerNamespace = fields.number(IFLA_LINK_NETNSID)
        if let details = try? fields.nested(IFLA_LINKINFO), details.string(IFLA_INFO_SLAVE_KIND) == "bridge" {
            let port = try? details.nested(IFLA_INFO_SLAVE_DATA)
            hairpin = port?.number(IFLA_BRPORT_MODE, as: UInt8.self).map { $0 != 0 }
        }
    }
}

/// An entry of a bridge's forwarding database: the port of a hardware address.
struct ForwardingEntry: Hashable, Sendable {
    /// The hardware address.
    var address: MACAddress

    /// The port's index.
    var port: Int32

    /// The bridge's index.
    var bridge: Int32?
}

extension ForwardingEntry {
    /// Decodes a message; nil when it isn't an entry, is truncated, or has no Ethernet address.
    ///
    /// - Parameter message: `struct ndmsg` with `NDA_…` attributes, `<linux/neighbour.h>`.
    init?(_ message: NetlinkMessage) {
        guard message.type == RTM_NEWNEIGH, let port = message.payload.number(Int32.self, at: 4),
            let fields = try? message.attributes(after: 12), let bytes = fields.bytes(NDA_LLADDR),
            let address = MACAddress(bytes: bytes)
        else { return nil }
        self.address = address
        self.port = port
        bridge = fields.number(NDA_MASTER)
    }
}
