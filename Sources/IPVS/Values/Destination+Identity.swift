extension Destination {
    /// What identifies a destination among those of its service.
    public struct Identity: Hashable, Sendable {
        /// Its address; the family may differ from the service's when it is reached through a tunnel.
        public let address: IPAddress

        /// Its port; nil (0 in the kernel) stands for the port that the client connected to.
        ///
        /// Only services by firewall mark, or on any port, have destinations without a port.
        public let port: Port?

        /// Makes an identity of an address, and of a port if there is one.
        ///
        /// - Parameters:
        ///   - address: The address.
        ///   - port: The port; nil for the one that the client connected to.
        public init(address: IPAddress, port: Port?) {
            self.address = address
            self.port = port
        }

        /// Makes an identity of an address and a port.
        ///
        /// - Parameter endpoint: The address and the port.
        public init(_ endpoint: Endpoint) {
            self.init(address: endpoint.address, port: endpoint.port)
        }

        /// Address and port; nil without a port.
        public var endpoint: Endpoint? { port.map { Endpoint(address: address, port: $0) } }
    }
}

extension Destination.Identity: CustomStringConvertible {
    /// `172.17.0.2:80`, or `172.17.0.2:*` without a port.
    public var description: String {
        endpoint?.description ?? (address.family == .ipv6 ? "[\(address)]:*" : "\(address):*")
    }
}
