import IPVS
import Testing

/// What we send, held against what `ipvsadm` sends for the same.
@Suite struct RequestTests {
    static let tcp = VirtualService.Identity.address(address("172.18.0.1:7001"))
    static let tcp6 = VirtualService.Identity.address(address("[fd00::1]:7001"))
    static let udp = VirtualService.Identity.address(address("udp://172.18.0.1:53"))

    static let services: [(String, IPVSOperation)] = [
        ("add-service-tcp", .addService(VirtualService(tcp))),
        ("add-service-udp-one-packet", .addService(VirtualService(udp, scheduler: .roundRobin, flags: .onePacket))),
        (
            "add-service-sctp",
            .addService(
                VirtualService(
                    address("sctp://172.18.0.1:9899"),
                    scheduler: .sourceHashing,
                    flags: [.sourceHashingFallback, .sourceHashingPort]
                )
            )
        ),
        (
            "add-service-tcp6-persistent",
            .addService(
                VirtualService(
                    tcp6,
                    scheduler: .weightedRoundRobin,
                    persistence: Persistence(timeout: .seconds(60), prefixLength: 64)
                )
            )
        ),
        (
            "add-service-udp6-engine",
            .addService(
                VirtualService(
                    address("udp://[fd00::1]:5060"),
                    scheduler: .leastConnection,
                    persistence: Persistence(timeout: .seconds(30), engine: "sip")
                )
            )
        ),
        (
            "add-service-mark",
            .addService(
                VirtualService(
                    .firewallMark(7, .ipv4),
                    scheduler: .shortestExpectedDelay,
                    persistence: Persistence(prefixLength: 24)
                )
            )
        ),
        ("add-service-mark6", .addService(VirtualService(.firewallMark(.max, .ipv6), scheduler: .neverQueue))),
        (
            "add-service-any-port",
            .addService(
                VirtualService(
                    .anyPort(.tcp, address("172.18.0.1:1").endpoint.address),
                    scheduler: .roundRobin,
                    persistence: Persistence(timeout: .milliseconds(9500))
                )
            )
        ),
        (
            "edit-service-tcp",
            .editService(
                VirtualService(
                    tcp,
                    scheduler: .weightedRoundRobin,
                    persistence: Persistence(timeout: .seconds(90))
                )
            )
        ),
    ]

    static let destinations: [(String, IPVSOperation)] = [
        (
            "add-destination",
            .addDestination(
                Destination(endpoint("172.17.0.2:80"), weight: 3, upperThreshold: 100, lowerThreshold: 50),
                of: tcp
            )
        ),
        (
            "add-destination-direct",
            .addDestination(Destination(endpoint("172.17.0.3:7001"), weight: 0, forwarding: .direct), of: tcp)
        ),
        (
            "add-destination-tunnel",
            .addDestination(Destination(endpoint("172.17.0.4:7001"), weight: 65535, forwarding: .tunnel()), of: tcp)
        ),
        (
            "add-destination-gue",
            .addDestination(
                Destination(
                    endpoint("172.17.0.5:7001"),
                    forwarding: .tunnel(.gue(port: endpoint("0.0.0.0:6080").port, checksum: .standard))
                ),
                of: tcp
            )
        ),
        (
            "add-destination-gre",
            .addDestination(Destination(endpoint("172.17.0.6:7001"), forwarding: .tunnel(.gre())), of: tcp)
        ),
        ("add-destination6", .addDestination(Destination(endpoint("[fd00::2]:80")), of: tcp6)),
        ("add-destination-udp", .addDestination(Destination(endpoint("172.17.0.2:53")), of: udp)),
        (
            "add-destination-mark",
            .addDestination(
                Destination(.init(address: endpoint("172.17.0.2:1").address, port: nil), forwarding: .direct),
                of: .firewallMark(7, .ipv4)
            )
        ),
        (
            "add-destination-mark6",
            .addDestination(
                Destination(.init(address: endpoint("[fd00::2]:1").address, port: nil), forwarding: .direct),
                of: .firewallMark(.max, .ipv6)
            )
        ),
        ("edit-destination", .editDestination(Destination(endpoint("172.17.0.2:80"), weight: 0), of: tcp)),
    ]

    static let removals: [(String, IPVSOperation)] = [
        ("remove-destination", .removeDestination(.init(endpoint("172.17.0.2:80")), of: tcp)),
        ("remove-service", .removeService(tcp)),
    ]

    @Test(arguments: services)
    func `sends a virtual service as ipvsadm does, to the byte`(name: String, operation: IPVSOperation) async throws {
        let (ours, theirs) = try await requests(name, operation)
        #expect(ours.withoutNumbers == theirs.withoutNumbers)
    }

    /// Of the service `ipvsadm` sends defaults, too, which the kernel doesn't read here.
    @Test(arguments: destinations)
    func `sends a destination as ipvsadm does, to the byte`(name: String, operation: IPVSOperation) async throws {
        let (ours, theirs) = try await requests(name, operation)
        #expect(ours.bytes[4..<8] == theirs.bytes[4..<8])
        #expect(ours.bytes[16..<20] == theirs.bytes[16..<20])
        #expect(ours.attributes.keys.sorted() == theirs.attributes.keys.sorted())
        #expect(ours.attributes[2] == theirs.attributes[2])
        let service = try #require(ours.attributes[1])
        #expect(service.count >= 16)
        #expect(theirs.attributes[1]?.starts(with: service) == true)
    }

    @Test(arguments: removals)
    func `names what is removed as ipvsadm does`(name: String, operation: IPVSOperation) async throws {
        let (ours, theirs) = try await requests(name, operation)
        #expect(ours.bytes[4..<8] == theirs.bytes[4..<8])
        #expect(ours.bytes[16..<20] == theirs.bytes[16..<20])
        #expect(ours.attributes.keys.sorted() == theirs.attributes.keys.sorted())
        for (type, value) in ours.attributes {
            #expect(value.count >= 36)
            #expect(theirs.attributes[type]?.starts(with: value) == true)
        }
    }

    @Test func `sends timeouts as ipvsadm does, to the byte`() async throws {
        let kernel = StandInKernel()
        try await kernel.client.setTimeouts(Timeouts(tcp: .seconds(901), tcpFinish: .seconds(121), udp: .seconds(301)))
        let theirs = Message(bytes: try #require(Fixture("set-timeouts").exchanges.first).sent)
        #expect(kernel.sent.map { Message(bytes: $0).withoutNumbers } == [theirs.withoutNumbers])
    }

    /// One flag differs: `ipvsadm` asks for acknowledgements of questions, too.
    @Test(arguments: ["save", "list-timeouts", "info"])
    func `asks as ipvsadm does`(name: String) async throws {
        let fixture = try Fixture(name)
        let kernel = StandInKernel(replaying: fixture)
        _ = try await kernel.client.snapshot()
        _ = try await kernel.client.timeouts()
        _ = try await kernel.client.info()
        for exchange in fixture.exchanges {
            var theirs = Message(bytes: exchange.sent)
            theirs.bytes[6] &= ~4
            #expect(kernel.sent.contains { Message(bytes: $0).withoutNumbers == theirs.withoutNumbers })
        }
    }

    @Test func `whether the kernel has a scheduler is asked without making anything`() async throws {
        // ENOENT for a scheduler that isn't there, EINVAL for the prefix that can't be.
        for (code, has) in [(2 as Int32, false), (22, true), (97, true), (17, true)] {
            let kernel = StandInKernel { datagram in answers(to: datagram) { _ in code } }
            #expect(try await kernel.client.hasScheduler(.maglevHashing) == has)
            let request = Message(bytes: try #require(kernel.sent.first))
            #expect(request.bytes[16] == 1, "IPVS_CMD_NEW_SERVICE")
            let service = try #require(request.attributes[1])
            // AF_INET6, the highest firewall mark, "mh", no flags, no timeout, and a prefix of no bits.
            #expect(
                service == [6, 0, 1, 0, 10, 0, 0, 0, 8, 0, 5, 0, 255, 255, 255, 255, 7, 0, 6, 0, 109, 104, 0, 0]
                    + [12, 0, 7, 0, 0, 0, 0, 0, 255, 255, 255, 255, 8, 0, 8, 0, 0, 0, 0, 0, 8, 0, 9, 0, 0, 0, 0, 0]
            )
        }
        let kernel = StandInKernel { datagram in answers(to: datagram) { _ in 1 } }
        await #expect(throws: IPVSError.notPermitted) { try await kernel.client.hasScheduler(.maglevHashing) }
    }

    private func requests(_ name: String, _ operation: IPVSOperation) async throws -> (ours: Message, theirs: Message) {
        let kernel = StandInKernel()
        #expect(try await kernel.client.apply([operation]) == [])
        let ours = try #require(kernel.sent.first)
        #expect(kernel.sent.count == 1)
        return (Message(bytes: ours), Message(bytes: try #require(Fixture(name).exchanges.last).sent))
    }
}

/// A service address of a test: a text that doesn't parse is one that no fixture has.
func address(_ text: String) -> ServiceAddress {
    do { return try ServiceAddress(text) } catch { preconditionFailure("\(text): \(error)") }
}

/// An endpoint of a test.
func endpoint(_ text: String) -> Endpoint {
    do { return try Endpoint(text) } catch { preconditionFailure("\(text): \(error)") }
}
