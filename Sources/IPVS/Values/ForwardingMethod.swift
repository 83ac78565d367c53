/// How packets reach a destination (`IP_VS_CONN_F_*` of `<linux/ip_vs.h>`).
public enum ForwardingMethod: Hashable, Sendable {
    /// Network address translation (`ipvsadm -m`); replies must come back through this host.
    case masquerade
    /// Delivery to a server on this host.
    case local
    /// Encapsulation (`ipvsadm -i`); replies go straight to the client.
    case tunnel(Encapsulation = .ipip)
    /// Direct routing by MAC address (`ipvsadm -g`); replies go straight to the client.
    case direct
    /// Bypasses a cache: packets go straight to the address that the client wanted.
    case bypass

    /// The encapsulation of packets in a tunnel (others than IPIP need Linux 5.3 or later).
    public enum Encapsulation: Hashable, Sendable {
        /// IP in IP.
        case ipip
        /// Generic UDP encapsulation, to a UDP port of the destination.
        case gue(port: Port, checksum: Checksum = .none)
        /// Generic routing encapsulation.
        case gre(checksum: Checksum = .none)
    }

    /// How an encapsulation is protected.
    public enum Checksum: Hashable, Sendable {
        /// Not at all.
        case none
        /// By a checksum.
        case standard
        /// By remote checksum offload (GUE only).
        case remote
    }
}
