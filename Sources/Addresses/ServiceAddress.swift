/// Where a service is reached: a transport protocol, an address and a port.
///
/// As text: `172.18.0.1:7001` (TCP), `udp://172.18.0.1:53`, `sctp://[fd00::1]:9899`.
public struct ServiceAddress: Hashable, Sendable {
    /// The transport protocol.
    public var transport: TransportProtocol

    /// The address and the port.
    public var endpoint: Endpoint

    /// Makes a service address.
    ///
    /// - Parameters:
    ///   - transport: The transport protocol.
    ///   - endpoint: The address and the port.
    public init(_ transport: TransportProtocol = .tcp, _ endpoint: Endpoint) {
        self.transport = transport
        self.endpoint = endpoint
    }

    /// Parses a service address; without `tcp://`, `udp://` or `sctp://` it is TCP.
    ///
    /// - Parameter text: The service address.
    /// - Throws: `AddressError` with the invalid part.
    public init(_ text: some StringProtocol) throws(AddressError) {
        var rest = text[...]
        var transport = TransportProtocol.tcp
        if let separator = Self.schemeSeparator(in: text) {
            transport = try TransportProtocol(text[..<separator.lowerBound])
            rest = text[separator.upperBound...]
        }
        do {
            self.init(transport, try Endpoint(rest))
        } catch {
            guard error.expected == .endpoint else { throw error }
            throw AddressError(expected: .serviceAddress, found: text)
        }
    }

    private static func schemeSeparator<Text: StringProtocol>(in text: Text) -> Range<Text.Index>? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        return colon..<text.index(colon, offsetBy: 3)
    }
}

extension ServiceAddress: Comparable {
    /// Orders by endpoint, then by protocol.
    public static func < (left: Self, right: Self) -> Bool {
        (left.endpoint, left.transport) < (right.endpoint, right.transport)
    }
}

extension ServiceAddress: CustomStringConvertible {
    /// The canonical text, which parses back to the same service address; TCP has no scheme.
    public var description: String {
        switch transport {
        case .tcp: endpoint.description
        case .udp, .sctp: "\(transport)://\(endpoint)"
        }
    }
}
