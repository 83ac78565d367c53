package import Addresses

/// What all services of this daemon need from the host's network.
package struct HostNetworkPlan: Hashable, Sendable {
    /// The service addresses in use.
    package var addresses: Set<ServiceAddress>

    /// The bridges that real servers are attached to; none for servers with host networking.
    package var bridges: Set<ServerBridge>

    /// The ports of the running real servers on those bridges, so that each server reaches its own service address.
    package var ports: Set<ServerPort>

    /// The addresses and ports that those servers answer from.
    package var destinations: Set<ServerDestination>

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - addresses: The service addresses in use.
    ///   - bridges: The bridges that real servers are attached to.
    ///   - ports: The ports of the running real servers on those bridges.
    ///   - destinations: The addresses and ports that those servers answer from.
    package init(
        addresses: Set<ServiceAddress> = [],
        bridges: Set<ServerBridge> = [],
        ports: Set<ServerPort> = [],
        destinations: Set<ServerDestination> = []
    ) {
        self.addresses = addresses
        self.bridges = bridges
        self.ports = ports
        self.destinations = destinations
    }
}

/// A Docker bridge network of one or more real servers, with one of its subnets.
package struct ServerBridge: Hashable, Sendable {
    /// The interface on the host: `docker0`, or `br-` and the first 12 characters of the network's id, unless the
    /// network has the option `com.docker.network.bridge.name`.
    package var interface: String

    /// The containers' subnet; a network with IPv4 and IPv6 has two entries.
    package var subnet: Subnet

    /// Makes a server bridge.
    ///
    /// - Parameters:
    ///   - interface: The interface's name.
    ///   - subnet: The containers' subnet.
    package init(interface: String, subnet: Subnet) {
        self.interface = interface
        self.subnet = subnet
    }
}

/// A real server's address and port in the containers' network, and the bridge that its replies arrive on.
package struct ServerDestination: Hashable, Sendable {
    /// The bridge's interface on the host.
    package var bridge: String

    /// The transport protocol of the service.
    package var transport: TransportProtocol

    /// The server's address and port.
    package var endpoint: Endpoint

    /// Makes a destination.
    ///
    /// - Parameters:
    ///   - bridge: The bridge's interface.
    ///   - transport: The transport protocol of the service.
    ///   - endpoint: The server's address and port.
    package init(bridge: String, transport: TransportProtocol, endpoint: Endpoint) {
        self.bridge = bridge
        self.transport = transport
        self.endpoint = endpoint
    }
}

/// A real server's port on a bridge: the host's end of the container's veth pair.
package struct ServerPort: Hashable, Sendable {
    /// The container's id or name, for messages.
    package var container: String

    /// The bridge's interface on the host.
    package var bridge: String

    /// The id of the container's first process in the host's namespace (`State.Pid`), by which the port is found.
    package var processID: Int32?

    /// The container's hardware address on that bridge, by which the port is found when the process isn't known.
    package var macAddress: MACAddress?

    /// Makes a server port.
    ///
    /// - Parameters:
    ///   - container: The container's id or name.
    ///   - bridge: The bridge's interface.
    ///   - processID: The container's first process.
    ///   - macAddress: The container's hardware address.
    package init(container: String, bridge: String, processID: Int32? = nil, macAddress: MACAddress? = nil) {
        self.container = container
        self.bridge = bridge
        self.processID = processID
        self.macAddress = macAddress
    }
}

extension ServerBridge: Comparable {
    /// Orders by interface, then by subnet.
    package static func < (left: Self, right: Self) -> Bool {
        (left.interface, left.subnet) < (right.interface, right.subnet)
    }
}

extension ServerDestination: Comparable {
    /// Orders by endpoint, then by transport protocol.
    package static func < (left: Self, right: Self) -> Bool {
        (left.endpoint, left.transport.rawValue, left.bridge) < (right.endpoint, right.transport.rawValue, right.bridge)
    }
}

extension ServerPort: Comparable {
    /// Orders by container, then by bridge.
    package static func < (left: Self, right: Self) -> Bool {
        (left.container, left.bridge) < (right.container, right.bridge)
    }
}
