import Addresses
import CNetlink
import Glibc
import Netlink

/// Encodes requests as attributes, in the order in which `ipvsadm` sends them.
extension NetlinkWriter {
    /// Appends the message of an operation.
    ///
    /// - Throws: `IPVSError.invalidValue`; then nothing is appended.
    mutating func operation(_ operation: IPVSOperation, _ header: NetlinkHeader) throws(IPVSError) {
        try message(header, command: operation.command) { writer throws(IPVSError) in
            switch operation {
            case .addService(let service), .editService(let service):
                try writer.service(service)
            case .removeService(let identity):
                writer.service(identity)
            case .addDestination(let destination, let service), .editDestination(let destination, let service):
                writer.service(service)
                try writer.destination(destination)
            case .removeDestination(let identity, let service):
                writer.service(service)
                writer.nested(IPVS_CMD_ATTR_DEST) { $0.destinationIdentity(identity) }
            }
        }
    }

    /// Appends the message that asks for a virtual service which the kernel refuses, because its IPv6 prefix has length 0.
    ///
    /// The kernel looks up the scheduler before it checks the prefix (`ip_vs_add_service`). So its refusal tells whether it has
    /// the scheduler, and there is nothing to remove again.
    ///
    /// - Throws: `IPVSError.invalidValue`; then nothing is appended.
    mutating func schedulerQuestion(
        _ scheduler: Scheduler,
        about identity: VirtualService.Identity = .schedulerQuestion,
        _ header: NetlinkHeader
    ) throws(IPVSError) {
        let scheduler = try name(scheduler.rawValue, "scheduler", maximum: IP_VS_SCHEDNAME_MAXLEN)
        try message(header, command: IPVS_CMD_NEW_SERVICE) { writer throws(IPVSError) in
            writer.nested(IPVS_CMD_ATTR_SERVICE) { writer in
                writer.serviceIdentity(identity)
                writer.attribute(IPVS_SVC_ATTR_SCHED_NAME, string: scheduler)
                writer.attribute(IPVS_SVC_ATTR_FLAGS, bytes: UInt32(0).bytes + UInt32.max.bytes)
                writer.attribute(IPVS_SVC_ATTR_TIMEOUT, UInt32(0))
                writer.attribute(IPVS_SVC_ATTR_NETMASK, bytes: UInt32(0).bytes)
            }
        }
    }

    /// Appends a service's identity: enough for all commands except those that add and edit a service.
    mutating func service(_ identity: VirtualService.Identity) {
        nested(IPVS_CMD_ATTR_SERVICE) { $0.serviceIdentity(identity) }
    }

    /// Appends timeouts.
    mutating func timeouts(_ timeouts: Timeouts) throws(IPVSError) {
        attribute(IPVS_CMD_ATTR_TIMEOUT_TCP, try seconds(timeouts.tcp, "tcp timeout"))
        attribute(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, try seconds(timeouts.tcpFinish, "tcp timeout after FIN"))
        attribute(IPVS_CMD_ATTR_TIMEOUT_UDP, try seconds(timeouts.udp, "udp timeout"))
    }

    private mutating func serviceIdentity(_ identity: VirtualService.Identity) {
        attribute(IPVS_SVC_ATTR_AF, identity.family.number)
        switch identity {
        case .firewallMark(let mark, _):
            attribute(IPVS_SVC_ATTR_FWMARK, mark)
        case .anyPort(let transport, let address):
            serviceAddress(transport, address, port: nil)
        case .address(let address):
            serviceAddress(address.transport, address.endpoint.address, port: address.endpoint.port)
        }
    }

    private mutating func serviceAddress(_ transport: TransportProtocol, _ address: IPAddress, port: Port?) {
        attribute(IPVS_SVC_ATTR_PROTOCOL, UInt16(transport.number))
        attribute(IPVS_SVC_ATTR_ADDR, bytes: address.paddedBytes)
        attribute(IPVS_SVC_ATTR_PORT, port.inNetworkOrder)
    }

    private mutating func service(_ service: VirtualService) throws(IPVSError) {
        if case .firewallMark(0, _) = service.identity {
            throw .invalidValue(field: "firewall mark", found: "0", expected: "a number from 1 to \(UInt32.max)")
        }
        let scheduler = try name(service.scheduler.rawValue, "scheduler", maximum: IP_VS_SCHEDNAME_MAXLEN)
        let engine = try service.persistence?.engine.map { engine throws(IPVSError) in
            try name(engine, "persistence engine", maximum: IP_VS_PENAME_MAXLEN)
        }
        let timeout = try seconds(service.persistence?.timeout ?? .zero, "persistence timeout")
        let netmask = try netmask(service.persistence?.prefixLength, service.identity.family)
        var flags = service.flags.rawValue
        if service.persistence != nil { flags |= UInt32(IP_VS_SVC_F_PERSISTENT) }
        nested(IPVS_CMD_ATTR_SERVICE) { writer in
            writer.serviceIdentity(service.identity)
            writer.attribute(IPVS_SVC_ATTR_SCHED_NAME, string: scheduler)
            if let engine { writer.attribute(IPVS_SVC_ATTR_PE_NAME, string: engine) }
            // struct ip_vs_flags: the flags, and a mask of those that are set: all.
            writer.attribute(IPVS_SVC_ATTR_FLAGS, bytes: flags.bytes + UInt32.max.bytes)
            writer.attribute(IPVS_SVC_ATTR_TIMEOUT, timeout)
            writer.attribute(IPVS_SVC_ATTR_NETMASK, bytes: netmask)
        }
    }

    private mutating func destinationIdentity(_ identity: Destination.Identity) {
        attribute(IPVS_DEST_ATTR_ADDR_FAMILY, identity.address.family.number)
        attribute(IPVS_DEST_ATTR_ADDR, bytes: identity.address.paddedBytes)
        attribute(IPVS_DEST_ATTR_PORT, identity.port.inNetworkOrder)
    }

    private mutating func destination(_ destination: Destination) throws(IPVSError) {
        guard let weight = Int32(exactly: destination.weight), weight >= 0 else {
            let expected = "a number from 0 to \(Int32.max)"
            throw .invalidValue(field: "weight", found: String(destination.weight), expected: expected)
        }
        guard destination.lowerThreshold <= destination.upperThreshold else {
            let expected = "at most the upper threshold, \(destination.upperThreshold)"
            throw .invalidValue(field: "lower threshold", found: String(destination.lowerThreshold), expected: expected)
        }
        nested(IPVS_CMD_ATTR_DEST) { writer in
            writer.destinationIdentity(destination.identity)
            writer.attribute(IPVS_DEST_ATTR_FWD_METHOD, destination.forwarding.number)
            writer.attribute(IPVS_DEST_ATTR_WEIGHT, weight)
            writer.encapsulation(destination.forwarding.encapsulation)
            writer.attribute(IPVS_DEST_ATTR_U_THRESH, destination.upperThreshold)
            writer.attribute(IPVS_DEST_ATTR_L_THRESH, destination.lowerThreshold)
        }
    }

    private mutating func encapsulation(_ encapsulation: ForwardingMethod.Encapsulation) {
        attribute(IPVS_DEST_ATTR_TUN_TYPE, encapsulation.number)
        attribute(IPVS_DEST_ATTR_TUN_PORT, encapsulation.port.inNetworkOrder)
        attribute(IPVS_DEST_ATTR_TUN_FLAGS, encapsulation.checksum.number)
    }

    private func name(_ name: String, _ field: String, maximum: Int32) throws(IPVSError) -> String {
        let size = name.utf8.count
        guard size > 0, size < maximum, !name.utf8.contains(0) else {
            let expected = "a name of 1 to \(maximum - 1) bytes"
            throw .invalidValue(field: field, found: name.debugDescription, expected: expected)
        }
        return name
    }

    private func seconds(_ duration: Duration, _ field: String) throws(IPVSError) -> UInt32 {
        guard let seconds = duration.wholeSeconds else {
            throw .invalidValue(field: field, found: "\(duration)", expected: "0 to \(UInt32.max) seconds")
        }
        return seconds
    }

    /// For IPv4 a mask in network order, for IPv6 a prefix length in host order.
    private func netmask(_ length: Int?, _ family: IPAddress.Family) throws(IPVSError) -> [UInt8] {
        let maximum = family.byteCount * 8
        let length = length ?? maximum
        guard (1...maximum).contains(length) else {
            throw .invalidValue(
                field: "prefix length",
                found: String(length),
                expected: "a number from 1 to \(maximum)"
            )
        }
        switch family {
        case .ipv4: return IPv4Netmask(prefixLength: length).bytes
        case .ipv6: return UInt32(length).bytes
        }
    }
}

extension VirtualService.Identity {
    /// The service in the question about a scheduler: the highest firewall mark, which is hardly ever used.
    static var schedulerQuestion: VirtualService.Identity { .firewallMark(.max, .ipv6) }

    /// The service to use if that one exists: the kernel checks for that before it looks up the scheduler.
    static var otherSchedulerQuestion: VirtualService.Identity { .firewallMark(.max - 1, .ipv6) }
}

extension IPVSOperation {
    fileprivate var command: Int {
        switch self {
        case .addService: IPVS_CMD_NEW_SERVICE
        case .editService: IPVS_CMD_SET_SERVICE
        case .removeService: IPVS_CMD_DEL_SERVICE
        case .addDestination: IPVS_CMD_NEW_DEST
        case .editDestination: IPVS_CMD_SET_DEST
        case .removeDestination: IPVS_CMD_DEL_DEST
        }
    }
}
