import Addresses
import CNetlink
import Glibc

/// Converts our values to the kernel's numbers and back.
extension IPAddress.Family {
    /// `AF_INET` or `AF_INET6`.
    var number: UInt16 {
        switch self {
        case .ipv4: UInt16(AF_INET)
        case .ipv6: UInt16(AF_INET6)
        }
    }

    init?(number: UInt16) {
        switch Int32(number) {
        case AF_INET: self = .ipv4
        case AF_INET6: self = .ipv6
        default: return nil
        }
    }
}

extension IPAddress {
    /// The bytes of the kernel's `union nf_inet_addr`: 16, whatever the family.
    var paddedBytes: [UInt8] { bytes + repeatElement(0, count: 16 - family.byteCount) }
}

extension Port? {
    /// The number in network byte order; 0 for nil.
    var inNetworkOrder: UInt16 { (self?.rawValue ?? 0).bigEndian }
}

extension UInt32 {
    /// The bytes in the host's order.
    var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension ForwardingMethod {
    /// The encapsulation of a tunnel; the kernel's default for other methods.
    var encapsulation: Encapsulation {
        switch self {
        case .tunnel(let encapsulation): encapsulation
        case .masquerade, .local, .direct, .bypass: .ipip
        }
    }

    /// `IP_VS_CONN_F_*` within `IP_VS_CONN_F_FWD_MASK`.
    var number: UInt32 {
        switch self {
        case .masquerade: UInt32(IP_VS_CONN_F_MASQ)
        case .local: UInt32(IP_VS_CONN_F_LOCALNODE)
        case .tunnel: UInt32(IP_VS_CONN_F_TUNNEL)
        case .direct: UInt32(IP_VS_CONN_F_DROUTE)
        case .bypass: UInt32(IP_VS_CONN_F_BYPASS)
        }
    }

    init?(number: UInt32, encapsulation: Encapsulation) {
        switch Int32(truncatingIfNeeded: number) & IP_VS_CONN_F_FWD_MASK {
        case IP_VS_CONN_F_MASQ: self = .masquerade
        case IP_VS_CONN_F_LOCALNODE: self = .local
        case IP_VS_CONN_F_TUNNEL: self = .tunnel(encapsulation)
        case IP_VS_CONN_F_DROUTE: self = .direct
        case IP_VS_CONN_F_BYPASS: self = .bypass
        default: return nil
        }
    }
}

extension ForwardingMethod.Encapsulation {
    var number: UInt8 {
        switch self {
        case .ipip: UInt8(IP_VS_CONN_F_TUNNEL_TYPE_IPIP)
        case .gue: UInt8(IP_VS_CONN_F_TUNNEL_TYPE_GUE)
        case .gre: UInt8(IP_VS_CONN_F_TUNNEL_TYPE_GRE)
        }
    }

    var port: Port? {
        switch self {
        case .ipip, .gre: nil
        case .gue(let port, _): port
        }
    }

    var checksum: ForwardingMethod.Checksum {
        switch self {
        case .ipip: .none
        case .gue(_, let checksum), .gre(let checksum): checksum
        }
    }

    init?(number: UInt8, port: Port?, checksum: ForwardingMethod.Checksum) {
        switch (Int(number), port) {
        case (IP_VS_CONN_F_TUNNEL_TYPE_IPIP, _): self = .ipip
        case (IP_VS_CONN_F_TUNNEL_TYPE_GUE, let port?): self = .gue(port: port, checksum: checksum)
        case (IP_VS_CONN_F_TUNNEL_TYPE_GRE, _): self = .gre(checksum: checksum)
        default: return nil
        }
    }
}

extension ForwardingMethod.Checksum {
    var number: UInt16 {
        switch self {
        case .none: 0
        case .standard: UInt16(IP_VS_TUNNEL_ENCAP_FLAG_CSUM)
        case .remote: UInt16(IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM)
        }
    }

    init(number: UInt16) {
        if number & UInt16(IP_VS_TUNNEL_ENCAP_FLAG_CSUM) != 0 {
            self = .standard
        } else if number & UInt16(IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM) != 0 {
            self = .remote
        } else {
            self = .none
        }
    }
}
