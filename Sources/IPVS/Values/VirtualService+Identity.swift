extension VirtualService {
    /// What identifies a virtual service in its network namespace.
    public enum Identity: Hashable, Sendable {
        /// A protocol, an address and a port.
        case address(ServiceAddress)

        /// Every port of an address that has no service of its own: port 0 of `ipvsadm`. The kernel requires persistence with
        /// it.
        case anyPort(TransportProtocol, IPAddress)

        /// All packets that netfilter has marked with a number other than 0, whatever their address.
        case firewallMark(UInt32, IPAddress.Family)

        /// The address family that clients use.
        public var family: IPAddress.Family {
            switch self {
            case .address(let address): address.endpoint.address.family
            case .anyPort(_, let address): address.family
            case .firewallMark(_, let family): family
            }
        }
    }
}

extension VirtualService.Identity: CustomStringConvertible {
    /// `172.18.0.1:7001`, `udp://172.18.0.1:53`, `tcp://172.18.0.1:*`, or `firewall mark 7 (IPv4)`.
    public var description: String {
        switch self {
        case .address(let address):
            address.description
        case .anyPort(let transport, let address):
            address.family == .ipv6 ? "\(transport)://[\(address)]:*" : "\(transport)://\(address):*"
        case .firewallMark(let mark, let family):
            "firewall mark \(mark) (\(family))"
        }
    }
}
