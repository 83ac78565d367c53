/// A text that isn't the address, port or protocol it should be.
public struct AddressError: Error, Hashable, Sendable {
    /// What the text should have been.
    public enum Expectation: Hashable, Sendable, CaseIterable {
        /// An IPv4 or IPv6 address.
        case ipAddress
        /// A port number.
        case port
        /// An address with a port.
        case endpoint
        /// An IPv6 address in brackets, with a port.
        case bracketedEndpoint
        /// A transport protocol's name.
        case transportProtocol
        /// An endpoint, with or without a transport protocol before it.
        case serviceAddress
    }

    /// What was expected.
    public let expected: Expectation

    /// What was found: the invalid part of the text, at most 64 characters.
    public let found: String

    /// Makes an error about a text.
    ///
    /// - Parameters:
    ///   - expected: What the text should have been.
    ///   - found: The invalid part of it.
    public init(expected: Expectation, found: some StringProtocol) {
        self.expected = expected
        self.found = String(found.prefix(64))
    }

    /// Always false: the same text fails again.
    public var isTransient: Bool { false }
}

extension AddressError.Expectation: CustomStringConvertible {
    /// The expectation, as it is written after the word "expected".
    public var description: String {
        switch self {
        case .ipAddress: "an IP address such as 172.18.0.1 or fd00::1"
        case .port: "a port number from 1 to 65535"
        case .endpoint: "an address with a port, such as 172.18.0.1:7001 or [fd00::1]:7001"
        case .bracketedEndpoint: "an IPv6 address in brackets and a port, such as [fd00::1]:7001"
        case .transportProtocol: "one of tcp, udp, sctp"
        case .serviceAddress: "an address with a port, such as 172.18.0.1:7001, udp://172.18.0.1:53 or [fd00::1]:7001"
        }
    }
}

extension AddressError: CustomStringConvertible {
    /// One clause: what was expected, and what was found.
    public var description: String {
        found.isEmpty ? "expected \(expected), found nothing" : "expected \(expected), found \(found.debugDescription)"
    }
}
