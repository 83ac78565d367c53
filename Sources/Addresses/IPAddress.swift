/// An IPv4 or IPv6 address, without a zone.
///
/// An IPv4-mapped IPv6 address (`::ffff:172.18.0.1`) stays an IPv6 address, because the kernel also distinguishes them.
public struct IPAddress: Hashable, Sendable {
    /// The protocol version an address belongs to.
    public enum Family: Hashable, Sendable, CaseIterable {
        /// IPv4: 4 bytes.
        case ipv4
        /// IPv6: 16 bytes.
        case ipv6
    }

    /// The protocol version.
    public let family: Family

    /// The address as a number, its first byte the most significant one.
    let number: UInt128

    init(family: Family, number: UInt128) {
        self.family = family
        self.number = number
    }

    /// Makes an address from its bytes in network order.
    ///
    /// - Parameter bytes: 4 bytes for IPv4, 16 for IPv6; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case Family.ipv4.byteCount: family = .ipv4
        case Family.ipv6.byteCount: family = .ipv6
        default: return nil
        }
        number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// The bytes in network order: 4 for IPv4, 16 for IPv6.
    public var bytes: [UInt8] {
        (0..<family.byteCount).reversed().map { UInt8(truncatingIfNeeded: number >> UInt128($0 * 8)) }
    }

    /// Whether this is `127.0.0.0/8`, `::1`, or an IPv4 loopback address mapped to IPv6.
    public var isLoopback: Bool {
        switch family {
        case .ipv4: number >> 24 == 127
        case .ipv6: number == 1 || (isIPv4Mapped && number >> 24 & 0xff == 127)
        }
    }

    /// Whether this is valid on one link only: `169.254.0.0/16` (RFC 3927) or `fe80::/10` (RFC 4291).
    public var isLinkLocal: Bool {
        switch family {
        case .ipv4: number >> 16 == 0xa9fe
        case .ipv6: number >> 118 == 0x3fa
        }
    }

    /// Whether this is the wildcard address, `0.0.0.0` or `::`.
    public var isUnspecified: Bool { number == 0 }

    /// Whether this is in `::ffff:0:0/96`.
    var isIPv4Mapped: Bool { family == .ipv6 && number >> 32 == 0xffff }
}

extension IPAddress.Family {
    /// The number of bytes of an address of this family.
    public var byteCount: Int {
        switch self {
        case .ipv4: 4
        case .ipv6: 16
        }
    }
}

extension IPAddress: Comparable {
    /// Orders IPv4 before IPv6, and numerically within a family.
    public static func < (left: Self, right: Self) -> Bool {
        (left.family.byteCount, left.number) < (right.family.byteCount, right.number)
    }
}
