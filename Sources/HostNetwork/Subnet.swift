package import Addresses

/// A range of addresses in CIDR notation (RFC 4632): `172.17.0.0/16`, `fd00:1::/64`.
package struct Subnet: Hashable, Sendable {
    /// The first address: the bits after the prefix are zero.
    package let address: IPAddress

    /// The number of leading bits that its addresses share: 0…32 for IPv4, 0…128 for IPv6.
    package let prefixLength: Int

    /// Makes a subnet.
    ///
    /// The bits of the address after the prefix are cleared, so a bridge's own address may be passed.
    ///
    /// - Parameters:
    ///   - address: Any address in it.
    ///   - prefixLength: 0…32 for IPv4, 0…128 for IPv6; nil for anything else.
    package init?(_ address: IPAddress, prefixLength: Int) {
        let bytes = address.bytes
        guard (0...bytes.count * 8).contains(prefixLength) else { return nil }
        let masked = bytes.enumerated().map { index, byte in
            let covered = min(8, max(0, prefixLength - index * 8))
            return byte & UInt8(truncatingIfNeeded: 0xff00 >> covered)
        }
        guard let first = IPAddress(bytes: masked) else { return nil }
        self.address = first
        self.prefixLength = prefixLength
    }

    /// Parses `ADDRESS/LENGTH`, as in Docker's answer about a network; nil for anything else.
    ///
    /// - Parameter text: The subnet.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(parts[1]),
            let address = try? IPAddress(parts[0])
        else { return nil }
        self.init(address, prefixLength: length)
    }

    /// Whether an address is in the subnet.
    package func contains(_ address: IPAddress) -> Bool {
        Subnet(address, prefixLength: prefixLength) == self
    }
}

extension Subnet: Comparable {
    /// Orders by address, then by prefix length.
    package static func < (left: Self, right: Self) -> Bool {
        (left.address, left.prefixLength) < (right.address, right.prefixLength)
    }
}

extension Subnet: CustomStringConvertible {
    /// The subnet in CIDR notation.
    package var description: String { "\(address)/\(prefixLength)" }
}
