import IPVS
import Netlink
import Testing

/// What we read in a real kernel's answers.
@Suite struct ReplyTests {
    /// The fixture's own output is what `ipvsadm` read in the same bytes.
    ///
    /// It prints a mark above 2³¹ as a negative number.
    @Test func `reads the table that ipvsadm prints`() async throws {
        let fixture = try Fixture("save")
        let snapshot = try await StandInKernel(replaying: fixture).client.snapshot()
        let theirs = fixture.output.map { line in
            line.replacing("-f -1 ", with: "-f 4294967295 ").trimmed
        }
        #expect(snapshot.rules.split(separator: "\n").map(String.init).sorted() == theirs.sorted())
        #expect(snapshot.entries.count == 8)
    }

    /// The kernel lists first what was added last.
    @Test func `reads a destination with all it has`() async throws {
        let client = try StandInKernel(replaying: Fixture("save")).client
        let service = VirtualService.Identity.address(address("172.18.0.1:7001"))
        let destinations = try await client.destinations(of: service)
        #expect(
            destinations.map(\.destination).reversed() == [
                Destination(endpoint("172.17.0.2:80"), weight: 0),
                Destination(endpoint("172.17.0.3:7001"), weight: 0, forwarding: .direct),
                Destination(endpoint("172.17.0.4:7001"), weight: 65535, forwarding: .tunnel(.ipip)),
                Destination(
                    endpoint("172.17.0.5:7001"),
                    forwarding: .tunnel(.gue(port: endpoint("0.0.0.0:6080").port, checksum: .standard))
                ),
                Destination(endpoint("172.17.0.6:7001"), forwarding: .tunnel(.gre(checksum: .none))),
            ]
        )
        #expect(destinations.allSatisfy { $0.activeConnections == 0 && $0.statistics == Statistics() })
    }

    @Test func `reads timeouts and versions`() async throws {
        let timeouts = try await StandInKernel(replaying: Fixture("list-timeouts")).client.timeouts()
        #expect(timeouts == Timeouts(tcp: .seconds(900), tcpFinish: .seconds(120), udp: .seconds(300)))
        let info = try await StandInKernel(replaying: Fixture("info")).client.info()
        #expect(info.version.description == "1.2.1")
        #expect(info.connectionTableSize == 4096)
    }

    @Test func `reads 64-bit counters, and 32-bit ones where there are no others`() async throws {
        let exchanges = try Fixture("list-one").exchanges
        let index = try #require(exchanges.firstIndex { $0.received.first?[16] == 5 })
        // In a destination: STATS64 is 0c, STATS is 0a; IPVS_STATS_ATTR_CONNS is 01.
        let wide: [UInt8] = [160, 0, 12, 0, 12, 0, 1, 0]
        let narrow: [UInt8] = [10, 0, 8, 0, 1, 0]
        var reply = try #require(exchanges[index].received.first)
        let wideAt = try #require(reply.firstRange(of: wide)?.upperBound)
        let narrowAt = try #require(reply.firstRange(of: narrow)?.upperBound)
        reply.replaceSubrange(wideAt..<wideAt + 8, with: [1, 2, 3, 4, 5, 6, 7, 8])
        reply.replaceSubrange(narrowAt..<narrowAt + 4, with: [9, 10, 11, 12])
        #expect(try await connections(in: reply) == 0x0807_0605_0403_0201)
        // The attribute's type becomes one that nobody knows.
        reply[wideAt - wide.count + 2] = 0x3f
        #expect(try await connections(in: reply) == 0x0c0b_0a09)
    }

    private func connections(in reply: [UInt8]) async throws -> UInt64? {
        let kernel = StandInKernel { datagram in
            let request = Message(bytes: datagram)
            return [Message(bytes: reply).answering(request.sequence), nothing(for: request)].map { .datagram($0) }
        }
        let service = VirtualService.Identity.address(address("172.18.0.1:7001"))
        return try await kernel.client.destinations(of: service).first?.statistics.connections
    }

    @Test func `is told that a service is missing where the kernel lists nothing`() async throws {
        let service = VirtualService.Identity.address(address("172.18.0.1:9"))
        let kernel = StandInKernel { datagram in
            let request = Message(bytes: datagram)
            return [.datagram(request.bytes[16] == 8 ? nothing(for: request) : answer(3, to: request))]
        }
        let client = kernel.client
        await #expect(throws: IPVSError.noSuchService(service)) { try await client.destinations(of: service) }
        #expect(try await client.virtualService(service) == nil)
    }

    /// Name, operation, expected error: the kernel's own refusals.
    static let refusals: [(String, IPVSOperation, IPVSError)] = {
        let service = VirtualService.Identity.address(address("172.18.0.1:7001"))
        let destination = Destination(endpoint("172.17.0.2:80"))
        let scheduler = Scheduler(rawValue: "nosuch")
        return [
            ("add-service-tcp-again", .addService(VirtualService(service)), .serviceExists(service)),
            ("edit-service-missing", .editService(VirtualService(service)), .noSuchService(service)),
            ("remove-service-missing", .removeService(service), .noSuchService(service)),
            (
                "add-service-without-scheduler", .addService(VirtualService(service, scheduler: scheduler)),
                .noSuchScheduler(scheduler)
            ),
            (
                "add-destination-again", .addDestination(destination, of: service),
                .destinationExists(destination.identity, of: service)
            ),
            ("add-destination-without-service", .addDestination(destination, of: service), .noSuchService(service)),
            (
                "edit-destination-missing", .editDestination(destination, of: service),
                .noSuchDestination(destination.identity, of: service)
            ),
            (
                "remove-destination-missing", .removeDestination(destination.identity, of: service),
                .noSuchDestination(destination.identity, of: service)
            ),
        ]
    }()

    @Test(arguments: refusals)
    func `tells why the kernel refused`(name: String, operation: IPVSOperation, error: IPVSError) async throws {
        let reply = try #require(Fixture(name).exchanges.last?.received.first)
        let kernel = StandInKernel { datagram in
            split(datagram).map { .datagram(Message(bytes: reply).answering($0.sequence)) }
        }
        let failures = try await kernel.client.apply([operation])
        #expect(failures.map(\.error) == [error])
        #expect(failures.map(\.operation) == [operation])
        #expect(failures.first?.isTransient == false)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
