import Addresses
import CNetlink
import Netlink

/// Decodes replies. No length and no number is trusted.
extension VirtualServiceStatus {
    /// Decodes an `IPVS_CMD_NEW_SERVICE` message.
    ///
    /// - Returns: Nil for a protocol other than TCP, UDP and SCTP, which IPVS doesn't balance.
    init?(_ message: NetlinkAttributes) throws(NetlinkFailure) {
        guard let attributes = try message.nested(IPVS_CMD_ATTR_SERVICE) else {
            throw .malformed("a reply without a service")
        }
        guard let identity = try VirtualService.Identity(attributes) else { return nil }
        guard let scheduler = attributes.string(IPVS_SVC_ATTR_SCHED_NAME) else {
            throw .malformed("a service without a scheduler")
        }
        guard let flags = attributes.bytes(IPVS_SVC_ATTR_FLAGS)?.number(UInt32.self, at: 0) else {
            throw .malformed("a service without flags")
        }
        let service = VirtualService(
            identity,
            scheduler: Scheduler(rawValue: scheduler),
            persistence: flags & UInt32(IP_VS_SVC_F_PERSISTENT) == 0
                ? nil : try Persistence(attributes, family: identity.family),
            flags: VirtualService.Flags(rawValue: flags).intersection(.all)
        )
        let statistics = try Statistics(attributes, wide: IPVS_SVC_ATTR_STATS64, narrow: IPVS_SVC_ATTR_STATS)
        self.init(service: service, statistics: statistics)
    }
}

extension VirtualService.Identity {
    fileprivate init?(_ attributes: NetlinkAttributes) throws(NetlinkFailure) {
        let family = try attributes.family(IPVS_SVC_ATTR_AF)
        if let mark: UInt32 = attributes.number(IPVS_SVC_ATTR_FWMARK), mark != 0 {
            self = .firewallMark(mark, family)
            return
        }
        let address = try attributes.address(IPVS_SVC_ATTR_ADDR, family)
        let port = try attributes.port(IPVS_SVC_ATTR_PORT)
        let number: UInt16 = try attributes.required(IPVS_SVC_ATTR_PROTOCOL, "a protocol")
        guard let transport = TransportProtocol(number: number) else { return nil }
        if let port {
            self = .address(ServiceAddress(transport, Endpoint(address: address, port: port)))
        } else {
            self = .anyPort(transport, address)
        }
    }
}

extension Persistence {
    fileprivate init(_ attributes: NetlinkAttributes, family: IPAddress.Family) throws(NetlinkFailure) {
        let timeout: UInt32 = try attributes.required(IPVS_SVC_ATTR_TIMEOUT, "a timeout")
        guard let netmask = attributes.bytes(IPVS_SVC_ATTR_NETMASK), let number = netmask.number(UInt32.self, at: 0)
        else {
            throw .malformed("a service without a netmask")
        }
        let length = family == .ipv4 ? IPv4Netmask.prefixLength(of: netmask) : Int(number)
        self.init(
            timeout: .seconds(Int64(timeout)),
            prefixLength: length == family.byteCount * 8 ? nil : length,
            engine: attributes.string(IPVS_SVC_ATTR_PE_NAME).flatMap { $0.isEmpty ? nil : $0 }
        )
    }
}

extension DestinationStatus {
    /// Decodes an `IPVS_CMD_NEW_DEST` message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - family: The service's family, which kernels before 3.18 don't repeat.
    /// - Throws: `NetlinkFailure.malformed`.
    init(_ message: NetlinkAttributes, family: IPAddress.Family) throws(NetlinkFailure) {
        guard let attributes = try message.nested(IPVS_CMD_ATTR_DEST) else {
            throw .malformed("a reply without a destination")
        }
        let hasFamily = attributes.bytes(IPVS_DEST_ATTR_ADDR_FAMILY) != nil
        let family = hasFamily ? try attributes.family(IPVS_DEST_ATTR_ADDR_FAMILY) : family
        let weight: Int32 = try attributes.required(IPVS_DEST_ATTR_WEIGHT, "a weight")
        let destination = Destination(
            Destination.Identity(
                address: try attributes.address(IPVS_DEST_ATTR_ADDR, family),
                port: try attributes.port(IPVS_DEST_ATTR_PORT)
            ),
            weight: Int(weight),
            forwarding: try ForwardingMethod(attributes),
            upperThreshold: try attributes.required(IPVS_DEST_ATTR_U_THRESH, "an upper threshold"),
            lowerThreshold: try attributes.required(IPVS_DEST_ATTR_L_THRESH, "a lower threshold")
        )
        self.init(
            destination: destination,
            activeConnections: try attributes.required(IPVS_DEST_ATTR_ACTIVE_CONNS, "active connections"),
            inactiveConnections: try attributes.required(IPVS_DEST_ATTR_INACT_CONNS, "inactive connections"),
            persistentConnections: try attributes.required(IPVS_DEST_ATTR_PERSIST_CONNS, "persistent connections"),
            statistics: try Statistics(attributes, wide: IPVS_DEST_ATTR_STATS64, narrow: IPVS_DEST_ATTR_STATS)
        )
    }
}

extension ForwardingMethod {
    fileprivate init(_ attributes: NetlinkAttributes) throws(NetlinkFailure) {
        let number: UInt32 = try attributes.required(IPVS_DEST_ATTR_FWD_METHOD, "a forwarding method")
        let port: UInt16 = attributes.number(IPVS_DEST_ATTR_TUN_PORT) ?? 0
        let encapsulation = Encapsulation(
            number: attributes.number(IPVS_DEST_ATTR_TUN_TYPE) ?? 0,
            port: Port(UInt16(bigEndian: port)),
            checksum: Checksum(number: attributes.number(IPVS_DEST_ATTR_TUN_FLAGS) ?? 0)
        )
        guard let encapsulation, let method = ForwardingMethod(number: number, encapsulation: encapsulation) else {
            throw .malformed("forwarding method \(number), which has no name yet")
        }
        self = method
    }
}

extension Timeouts {
    /// Decodes an `IPVS_CMD_SET_CONFIG` message.
    init(_ message: NetlinkAttributes) throws(NetlinkFailure) {
        let tcp: UInt32 = try message.required(IPVS_CMD_ATTR_TIMEOUT_TCP, "a TCP timeout")
        let tcpFinish: UInt32 = try message.required(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, "a TCP timeout after FIN")
        // A kernel without UDP in IPVS has no such timeout.
        let udp: UInt32 = message.number(IPVS_CMD_ATTR_TIMEOUT_UDP) ?? 0
        self.init(tcp: .seconds(Int64(tcp)), tcpFinish: .seconds(Int64(tcpFinish)), udp: .seconds(Int64(udp)))
    }
}

extension KernelInfo {
    /// Decodes an `IPVS_CMD_SET_INFO` message.
    init(_ message: NetlinkAttributes) throws(NetlinkFailure) {
        version = Version(code: try message.required(IPVS_INFO_ATTR_VERSION, "a version"))
        let size: UInt32 = try message.required(IPVS_INFO_ATTR_CONN_TAB_SIZE, "a connection table")
        connectionTableSize = Int(size)
    }
}

extension NetlinkAttributes {
    fileprivate func family(_ type: Int) throws(NetlinkFailure) -> IPAddress.Family {
        let number: UInt16 = try required(type, "an address family")
        guard let family = IPAddress.Family(number: number) else { throw .malformed("address family \(number)") }
        return family
    }

    fileprivate func address(_ type: Int, _ family: IPAddress.Family) throws(NetlinkFailure) -> IPAddress {
        guard let bytes = bytes(type), let address = IPAddress(bytes: bytes.prefix(family.byteCount)),
            address.family == family
        else { throw .malformed("a reply without an \(family) address") }
        return address
    }

    fileprivate func port(_ type: Int) throws(NetlinkFailure) -> Port? {
        Port(UInt16(bigEndian: try required(type, "a port")))
    }
}
