/// An address with a port: `172.18.0.1:7001`, `[fd00::1]:7001`.
public struct Endpoint: Hashable, Sendable {
    /// The address.
    public var address: IPAddress

    /// The port.
    public var port: Port

    /// Makes an endpoint.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - port: The port.
    public init(address: IPAddress, port: Port) {
        self.address = address
        self.port = port
    }

    /// Parses an endpoint.
    ///
    /// An IPv6 address must be in brackets.
    ///
    /// - Parameter text: The endpoint.
    /// - Throws: `AddressError` with the invalid part.
    public init(_ text: some StringProtocol) throws(AddressError) {
        guard let colon = text.lastIndex(of: ":") else {
            throw AddressError(expected: .endpoint, found: text)
        }
        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.count > 2 else {
                throw AddressError(expected: .bracketedEndpoint, found: text)
            }
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw AddressError(expected: .endpoint, found: text) }
        } else if host.contains(":") {
            throw AddressError(expected: .bracketedEndpoint, found: text)
        }
        let address = try IPAddress(host)
        let port = try Port(text[text.index(after: colon)...])
        self.init(address: address, port: port)
    }
}

extension Endpoint: Comparable {
    /// Orders by address, then by port.
    public static func < (left: Self, right: Self) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}

extension Endpoint: CustomStringConvertible {
    /// The canonical text, which parses back to the same endpoint.
    public var description: String {
        switch address.family {
        case .ipv4: "\(address):\(port)"
        case .ipv6: "[\(address)]:\(port)"
        }
    }
}
