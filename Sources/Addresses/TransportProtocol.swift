/// A transport protocol that IPVS balances.
public enum TransportProtocol: String, Hashable, Sendable, CaseIterable {
    /// Transmission Control Protocol.
    case tcp
    /// User Datagram Protocol.
    case udp
    /// Stream Control Transmission Protocol.
    case sctp

    /// Parses a name, in upper or lower case.
    ///
    /// - Parameter text: `tcp`, `udp` or `sctp`.
    /// - Throws: `AddressError` with the text.
    public init(_ text: some StringProtocol) throws(AddressError) {
        guard let value = Self(rawValue: text.lowercased()) else {
            throw AddressError(expected: .transportProtocol, found: text)
        }
        self = value
    }

    /// The protocol with this number in an IP header; nil for any other protocol.
    ///
    /// - Parameter number: 6, 17 or 132.
    public init?(number: some BinaryInteger) {
        guard let value = Self.allCases.first(where: { number == $0.number }) else { return nil }
        self = value
    }

    /// The number in an IP header, as assigned by IANA: `IPPROTO_TCP`, `IPPROTO_UDP`, `IPPROTO_SCTP`.
    public var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }
}

extension TransportProtocol: CustomStringConvertible {
    /// The name in lower case.
    public var description: String { rawValue }
}

extension TransportProtocol: Comparable {
    /// Orders tcp before udp before sctp.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension TransportProtocol: Codable {}
