import CNetlink

/// The host's bridges and their ports at one moment.
struct BridgePorts: Sendable {
    /// All interfaces.
    var links: [NetworkLink]

    /// All bridges' forwarding databases.
    var forwarding: [ForwardingEntry] = []

    /// The numbers of the processes' network namespaces, where the kernel has given them one.
    var namespaces: [Int32: Int32] = [:]

    /// Whether there is such an interface.
    func contains(interface: String) -> Bool { links.contains { $0.name == interface } }

    /// Finds a container's port.
    ///
    /// Its process tells the network namespace that the veth's other end is in, which is exact. Otherwise the bridge
    /// knows behind which port it saw the hardware address, but forgets it after 300 s of silence.
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

    /// Reads the interfaces, and what is needed to find these servers' ports.
    func bridgePorts(of servers: some Collection<ServerPort>) throws(RouteError) -> BridgePorts {
        // This comes first: listing links is what makes the kernel number the namespaces.
        let header = [UInt8](repeating: 0, count: 16)
        let messages = try dump("list interfaces", type: RTM_GETLINK, header: header)
        var ports = BridgePorts(links: messages.compactMap(NetworkLink.init))
        for process in Set(servers.compactMap(\.processID)) where process > 0 {
            ports.namespaces[process] = namespace(of: process)
        }
        if servers.contains(where: { ports.port(of: $0) == nil && $0.macAddress != nil }) {
            let header = [UInt8(AF_BRIDGE)] + [UInt8](repeating: 0, count: 11)
            let messages = try dump("list forwarding entries", type: RTM_GETNEIGH, header: header)
            ports.forwarding = messages.compactMap(ForwardingEntry.init)
        }
        return ports
    }

    /// The number that our network namespace knows a process's by; nil when it is gone or has none.
    private func namespace(of process: Int32) -> Int32? {
        let messages = try? exchange(
            "find the network namespace of process \(process)",
            type: RTM_GETNSID,
            flags: NLM_F_ACK,
            header: [0, 0, 0, 0],
            attributes: [(Self.namespaceProcess, bytes(process))]
        )
        let answer = messages?.first { $0.type == RTM_NEWNSID }
        let number: Int32? = answer.flatMap { attributes($0.payload.dropFirst(4))[Self.namespaceNumber] }?.number(at: 0)
        return number.flatMap { $0 < 0 ? nil : $0 }
    }

    /// Lets a bridge send frames back through the port they came in by.
    ///
    /// `IFLA_BRPORT_MODE` is what `/sys/class/net/…/brport/hairpin_mode` writes; this way needs no writable `/sys`.
    func setHairpin(_ port: NetworkLink) throws(RouteError) {
        let flag: [UInt8] = bytes(UInt16(5)) + bytes(UInt16(IFLA_BRPORT_MODE)) + [1, 0, 0, 0]
        // struct ifinfomsg: family, padding, device type, index, flags, changed flags.
        let header = [UInt8(AF_BRIDGE), 0, 0, 0] + bytes(port.index) + [UInt8](repeating: 0, count: 8)
        try exchange(
            "set hairpin mode of \(port.name)",
            type: RTM_SETLINK,
            flags: NLM_F_ACK,
            header: header,
            attributes: [(Int32(IFLA_PROTINFO) | NLA_F_NESTED, flag)]
        )
    }
}
