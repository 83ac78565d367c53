import IPVS

/// What is made in the kernel's table.
enum Samples {
    static func services() throws -> [VirtualService] {
        [
            VirtualService(try ServiceAddress("172.18.0.1:7001")),
            VirtualService(
                try ServiceAddress("172.18.0.1:7002"),
                scheduler: .weightedRoundRobin,
                persistence: Persistence(timeout: .seconds(60), prefixLength: 24)
            ),
            VirtualService(try ServiceAddress("udp://172.18.0.1:53"), scheduler: .roundRobin, flags: .onePacket),
            VirtualService(
                try ServiceAddress("sctp://172.18.0.1:9899"),
                scheduler: .sourceHashing,
                flags: [.sourceHashingFallback, .sourceHashingPort]
            ),
            VirtualService(
                try ServiceAddress("[fd00::1]:7001"),
                persistence: Persistence(timeout: .seconds(60), prefixLength: 64)
            ),
            VirtualService(
                try ServiceAddress("udp://[fd00::1]:5060"),
                scheduler: .leastConnection,
                persistence: Persistence(engine: "sip")
            ),
            VirtualService(try ServiceAddress("sctp://[fd00::1]:9899")),
            VirtualService(.firewallMark(7, .ipv4), scheduler: .shortestExpectedDelay),
            VirtualService(.firewallMark(.max, .ipv6), scheduler: .neverQueue),
            VirtualService(
                .anyPort(.tcp, try IPAddress("172.18.0.1")),
                persistence: Persistence(timeout: .seconds(10))
            ),
        ]
    }

    static func destinations() throws -> [(Destination, of: VirtualService.Identity)] {
        let tcp = VirtualService.Identity.address(try ServiceAddress("172.18.0.1:7001"))
        let tcp6 = VirtualService.Identity.address(try ServiceAddress("[fd00::1]:7001"))
        return [
            (Destination(try Endpoint("192.0.2.2:80"), weight: 3, upperThreshold: 100, lowerThreshold: 50), tcp),
            (Destination(try Endpoint("192.0.2.3:7001"), weight: 65535, forwarding: .direct), tcp),
            (Destination(try Endpoint("192.0.2.4:7001"), forwarding: .tunnel()), tcp),
            (
                Destination(
                    try Endpoint("192.0.2.5:7001"),
                    forwarding: .tunnel(.gue(port: try Port("6080"), checksum: .standard))
                ), tcp
            ),
            (Destination(try Endpoint("192.0.2.6:7001"), forwarding: .tunnel(.gre())), tcp),
            (Destination(try Endpoint("[2001:db8::2]:7001"), forwarding: .tunnel()), tcp),
            (Destination(try Endpoint("[2001:db8::2]:80")), tcp6),
            (Destination(try Endpoint("192.0.2.2:53")), .address(try ServiceAddress("udp://172.18.0.1:53"))),
            (Destination(try Endpoint("192.0.2.2:9899")), .address(try ServiceAddress("sctp://172.18.0.1:9899"))),
            (
                Destination(.init(address: try IPAddress("192.0.2.2"), port: nil), forwarding: .direct),
                .firewallMark(7, .ipv4)
            ),
            (
                Destination(.init(address: try IPAddress("2001:db8::2"), port: nil), forwarding: .direct),
                .firewallMark(.max, .ipv6)
            ),
            (
                Destination(.init(address: try IPAddress("192.0.2.2"), port: nil)),
                .anyPort(.tcp, try IPAddress("172.18.0.1"))
            ),
        ]
    }

    /// One of many destinations.
    static func destination(_ number: Int) throws -> Destination {
        Destination(try Endpoint("198.18.\(number / 250).\(number % 250 + 1):80"))
    }

    /// Services with destinations each, in the order in which they are made.
    static func table(services: Int, destinations: Int) throws -> [IPVSOperation] {
        var operations: [IPVSOperation] = []
        for number in 0..<services {
            let address = try ServiceAddress("10.200.\(number / 250).\(number % 250 + 1):7001")
            operations.append(.addService(VirtualService(address)))
            for index in 0..<destinations {
                let destination = try Self.destination(number * destinations + index)
                operations.append(.addDestination(destination, of: .address(address)))
            }
        }
        return operations
    }
}
