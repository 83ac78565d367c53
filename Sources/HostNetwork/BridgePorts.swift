import CNetlink
import Netlink

/// The host's bridges and their ports at one moment.
struct BridgePorts: Sendable {
    /// All interfaces.
    var links: [NetworkLink]

    /// All bridges' forwarding databases.
    var forwarding: [ForwardingEntry] = []

    /// The numbers of the processes' network namespaces, where the kernel has assigned one.
    var namespaces: [Int32: Int32] = [:]

    /// Whether there is such an interface.
    func contains(interface: String) -> Bool { links.contains { $0.name == interface } }

    /// Finds a container's port.
    ///
    /// Its process has the network namespace of the veth's other end, which is exact. Otherwise the bridge knows the port of
    /// the hardware address, but forgets it after 300 s without a packet.
    func port(of server: ServerPort) -> NetworkLink? {
        guard let bridge = links.first(where: { $0.name == server.bridge })?.index else { return nil }
        let ports = links.filter { $0.bridge == bridge }
        if let process = server.processID, let namespace = namespaces[process] {
            let found = ports.filter { $0.peerNamespace == namespace }
            if found.count == 1 { return found[0] }
        }
        guard let address = server.macAddress else { return nil }
        let seen = forwarding.first { $0.address == address && ($0.bridge == nil || $0.bridge == bridge) }
        return seen.flatMap { entry in ports.first { $0.index == entry.port } }
    }
}

extension RouteSocket {
    /// NETNSA_NSID and NETNSA_PID of `<linux/net_namespace.h>`.
    private static var namespaceNumber: Int { 1 }
    private static var namespaceProcess: Int32 { 2 }

    /// Reads the interfaces, and what else is needed to find these servers' ports.
    mutating func bridgePorts(of servers: some Collection<ServerPort>) throws(RouteError) -> BridgePorts {
        // This comes first, because listing links makes the kernel number the namespaces.
        let header = [UInt8](repeating: 0, count: 16)
        let messages = try dump("list interfaces", .links, header: header)
        var ports = BridgePorts(links: messages.compactMap(NetworkLink.init))
        for process in Set(servers.compactMap(\.processID)) where process > 0 {
            ports.namespaces[process] = namespace(of: process)
        }
        if servers.contains(where: { ports.port(of: $0) == nil && $0.macAddress != nil }) {
            let header = [UInt8(AF_BRIDGE)] + [UInt8](repeating: 0, count: 11)
            let messages = try dump("list forwarding entries", .neighbours, header: header)
            ports.forwarding = messages.compactMap(ForwardingEntry.init)
        }
        return ports
    }

    /// The number of a process's network namespace in ours; nil when the process has ended, or its namespace has no number.
    private mutating func namespace(of process: Int32) -> Int32? {
        let answer = try? ask(
            "find the network namespace of process \(process)",
            .namespaces,
            header: [0, 0, 0, 0],
            attributes: [(Self.namespaceProcess, Self.bytes(process))]
        )
        let number = (try? answer?.attributes(after: 4))?.number(Self.namespaceNumber, as: Int32.self)
        return number.flatMap { $0 < 0 ? nil : $0 }
    }

    /// Lets a bridge send frames back through the port that they came from.
    ///
    /// Writing `/sys/class/net/…/brport/hairpin_mode` sets the same `IFLA_BRPORT_MODE`, but needs a writable `/sys`.
    mutating func setHairpin(_ port: NetworkLink) throws(RouteError) {
        var flag = NetlinkWriter()
        flag.attribute(IFLA_BRPORT_MODE, UInt8(1))
        // struct ifinfomsg: family, padding, device type, index, flags, changed flags.
        let header = [UInt8(AF_BRIDGE), 0, 0, 0] + Self.bytes(port.index) + [UInt8](repeating: 0, count: 8)
        try change(
            "set hairpin mode of \(port.name)",
            UInt16(RTM_SETLINK),
            header: header,
            attributes: [(Int32(IFLA_PROTINFO) | NLA_F_NESTED, flag.bytes)]
        )
    }

    /// The bytes of a number in the host's byte order.
    private static func bytes(_ number: Int32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}
