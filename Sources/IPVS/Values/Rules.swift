extension VirtualService {
    /// The rule that creates this service, as `ipvsadm -Sn` prints it: `-A -t 172.18.0.1:7001 -s wlc`.
    public var rule: String {
        var words = ["-A", identity.ruleSelector, "-s", scheduler.rawValue]
        if let persistence {
            words += ["-p", String(persistence.timeout.wholeSeconds ?? 0)]
            if let length = persistence.prefixLength { words += ["-M", identity.ruleMask(length)] }
            if let engine = persistence.engine { words += ["--pe", engine] }
        }
        if flags.contains(.onePacket) { words.append("-o") }
        let names: [(flag: Flags, name: String)] =
            switch scheduler {
            case .sourceHashing, .maglevHashing:
                [(.scheduler1, "\(scheduler)-fallback"), (.scheduler2, "\(scheduler)-port"), (.scheduler3, "flag-3")]
            default:
                [(.scheduler1, "flag-1"), (.scheduler2, "flag-2"), (.scheduler3, "flag-3")]
            }
        let schedulerFlags = names.filter { flags.contains($0.flag) }.map(\.name)
        if !schedulerFlags.isEmpty { words += ["-b", schedulerFlags.joined(separator: ",")] }
        return words.joined(separator: " ")
    }
}

extension VirtualService.Identity {
    fileprivate var ruleSelector: String {
        switch self {
        case .address(let address): "\(address.transport.ruleOption) \(address.endpoint)"
        case .anyPort(let transport, let address):
            "\(transport.ruleOption) \(Destination.Identity(address: address, port: nil).ruleText)"
        case .firewallMark(let mark, .ipv4): "-f \(mark)"
        case .firewallMark(let mark, .ipv6): "-f \(mark) -6"
        }
    }

    fileprivate func ruleMask(_ length: Int) -> String {
        switch family {
        case .ipv4: IPAddress(bytes: IPv4Netmask(prefixLength: length).bytes)?.description ?? String(length)
        case .ipv6: String(length)
        }
    }
}

extension Destination {
    /// The rule that creates this destination, as `ipvsadm -Sn` prints it: `-a -t 172.18.0.1:7001 -r 172.17.0.2:80 -m -w 1`.
    ///
    /// Thresholds are included, although `ipvsadm -Sn` leaves them out.
    ///
    /// - Parameter service: The virtual service it belongs to.
    /// - Returns: The rule.
    public func rule(of service: VirtualService.Identity) -> String {
        var words = ["-a", service.ruleSelector, "-r", identity.ruleText, forwarding.ruleOption, "-w", String(weight)]
        words += forwarding.encapsulationOptions
        if upperThreshold > 0 { words += ["-x", String(upperThreshold)] }
        if lowerThreshold > 0 { words += ["-y", String(lowerThreshold)] }
        return words.joined(separator: " ")
    }
}

extension Destination.Identity {
    fileprivate var ruleText: String {
        endpoint?.description ?? (address.family == .ipv6 ? "[\(address)]:0" : "\(address):0")
    }
}

extension TransportProtocol {
    fileprivate var ruleOption: String {
        switch self {
        case .tcp: "-t"
        case .udp: "-u"
        case .sctp: "--sctp-service"
        }
    }
}

extension ForwardingMethod {
    fileprivate var ruleOption: String {
        switch self {
        case .masquerade: "-m"
        case .direct, .local, .bypass: "-g"
        case .tunnel: "-i"
        }
    }

    fileprivate var encapsulationOptions: [String] {
        switch self {
        case .masquerade, .direct, .local, .bypass:
            []
        case .tunnel(.ipip):
            ["--tun-type", "ipip"]
        case .tunnel(.gue(let port, let checksum)):
            ["--tun-type", "gue", "--tun-port", port.description, checksum.ruleOption]
        case .tunnel(.gre(let checksum)):
            ["--tun-type", "gre", checksum.ruleOption]
        }
    }
}

extension ForwardingMethod.Checksum {
    fileprivate var ruleOption: String {
        switch self {
        case .none: "--tun-nocsum"
        case .standard: "--tun-csum"
        case .remote: "--tun-remcsum"
        }
    }
}
