import IPVS
import Netlink
import Testing

/// What becomes of a request when the answers do not come as they should.
///
/// No wait is real: the stand-in never blocks.
@Suite struct ExchangeTests {
    let service = VirtualService.Identity.address(address("172.18.0.1:7001"))

    func additions(_ count: Int) -> [IPVSOperation] {
        (0..<count).map { .addDestination(Destination(endpoint("10.0.\($0 / 250).\($0 % 250 + 1):80")), of: service) }
    }

    @Test(arguments: [(0, 0), (1, 1), (64, 1), (65, 2), (1000, 16)])
    func `sends many operations at a time`(count: Int, sends: Int) async throws {
        let kernel = StandInKernel()
        #expect(try await kernel.client.apply(additions(count)) == [])
        #expect(kernel.sent.count == sends)
        #expect(kernel.sent.flatMap { split($0) }.count == count)
        #expect(kernel.sent.flatMap { split($0) }.allSatisfy { $0.bytes.count % 4 == 0 })
    }

    @Test func `tells which of many failed, and goes on after them`() async throws {
        let kernel = StandInKernel { datagram in answers(to: datagram) { $0.sequence % 3 == 0 ? 17 : 0 } }
        let operations = additions(100)
        let failures = try await kernel.client.apply(operations)
        // The first request has number 1.
        #expect(failures.map(\.index) == Array(stride(from: 2, to: 100, by: 3)))
        for failure in failures {
            #expect(failure.operation == operations[failure.index])
            guard case .destinationExists = failure.error else {
                Issue.record("\(failure)")
                continue
            }
        }
    }

    @Test func `doesn't send what the kernel has no room for`() async throws {
        let kernel = StandInKernel()
        let good = additions(3)
        let bad: [(IPVSOperation, String)] = [
            (.addDestination(Destination(endpoint("10.0.0.1:80"), weight: -1), of: service), "weight"),
            (.addDestination(Destination(endpoint("10.0.0.1:80"), weight: 1 << 31), of: service), "weight"),
            (
                .editDestination(
                    Destination(endpoint("10.0.0.1:80"), upperThreshold: 1, lowerThreshold: 2),
                    of: service
                ),
                "lower threshold"
            ),
            (.addService(VirtualService(service, scheduler: Scheduler(rawValue: ""))), "scheduler"),
            (.addService(VirtualService(service, scheduler: Scheduler(rawValue: "sixteen-bytes-ab"))), "scheduler"),
            (.addService(VirtualService(service, scheduler: Scheduler(rawValue: "a\0b"))), "scheduler"),
            (
                .addService(VirtualService(service, persistence: Persistence(timeout: .seconds(-1)))),
                "persistence timeout"
            ),
            (.addService(VirtualService(service, persistence: Persistence(prefixLength: 33))), "prefix length"),
            (.addService(VirtualService(service, persistence: Persistence(prefixLength: 0))), "prefix length"),
            (.addService(VirtualService(service, persistence: Persistence(engine: ""))), "persistence engine"),
            (.addService(VirtualService(.firewallMark(0, .ipv4))), "firewall mark"),
        ]
        let failures = try await kernel.client.apply([good[0]] + bad.map(\.0) + good[1...])
        #expect(failures.map(\.index) == Array(1...bad.count))
        for (failure, (_, field)) in zip(failures, bad) {
            guard case .invalidValue(field, _, _) = failure.error else {
                Issue.record("\(failure)")
                continue
            }
        }
        #expect(kernel.sent.flatMap { split($0) }.count == 3)
    }

    /// Only the last of a batch is acknowledged, so it is what tells that the others were dealt with.
    @Test func `says that an outcome is unknown when reports are lost`() async throws {
        let kernel = StandInKernel { datagram in
            [.overrun] + answers(to: datagram) { $0.sequence == 3 ? 17 : 0 }
        }
        let opened = Counter()
        let client = IPVSClient { () throws(NetlinkFailure) in
            _ = opened.next()
            return kernel
        }
        let failures = try await client.apply(additions(10))
        #expect(failures.map(\.index) == Array(0...8))
        #expect(failures.filter { $0.error == .unknownOutcome }.map(\.index) == [0, 1, 3, 4, 5, 6, 7, 8])
        #expect(failures.filter { $0.error != .unknownOutcome }.map(\.isTransient) == [false])
        // The kernel tells of no more losses until all has been read, so the socket isn't used again.
        _ = try await client.apply(additions(1))
        #expect(opened.next() == 2)
    }

    @Test func `says that an outcome is unknown when the last answer is lost`() async throws {
        let kernel = StandInKernel { datagram in answers(to: datagram) { $0.sequence == 3 ? 17 : 0 }.dropLast() }
        let failures = try await kernel.client.apply(additions(10))
        #expect(failures.map(\.index) == Array(0..<10))
        #expect(failures.filter { $0.error == .unknownOutcome && $0.isTransient }.count == 9)
    }

    @Test(arguments: [
        [NetlinkReception.nothing], [.datagram([])], [.datagram([1, 2, 3])],
        [.datagram([255, 255, 255, 255] + [UInt8](repeating: 0, count: 12))],
    ])
    func `ends when no answer comes, or none that makes sense`(answers: [NetlinkReception]) async throws {
        let kernel = StandInKernel { _ in answers }
        #expect(try await kernel.client.apply(additions(2)).map(\.error) == [.unknownOutcome, .unknownOutcome])
        await #expect(throws: IPVSError.self) { try await kernel.client.snapshot() }
        await #expect(throws: IPVSError.self) { try await kernel.client.info() }
    }

    @Test func `ends when others' answers come without end`() async throws {
        let foreign = answer(0, to: Message(bytes: [UInt8](repeating: 0xee, count: 16)))
        let kernel = StandInKernel { _ in Array(repeating: .datagram(foreign), count: 100_000) }
        #expect(try await kernel.client.apply(additions(1)).map(\.error) == [.unknownOutcome])
        await #expect(throws: IPVSError.noReply) { try await kernel.client.virtualServices() }
        await #expect(throws: IPVSError.noReply) { try await kernel.client.timeouts() }
        #expect(kernel.receiveCount < 10_000)
    }

    @Test func `redoes a dump that was interrupted, a few times`() async throws {
        let fixture = try Fixture("save")
        let dump = try #require(fixture.exchanges.first)
        let interruptions = Counter()
        let kernel = StandInKernel { datagram in
            let request = Message(bytes: datagram)
            let isInterrupted = interruptions.next() < 3
            return dump.received.map { reply in
                var reply = Message(bytes: reply).answering(request.sequence)
                if isInterrupted { reply[6] |= 0x10 }
                return .datagram(reply)
            }
        }
        #expect(try await kernel.client.virtualServices().count == 8)
        #expect(kernel.sent.count == 4)
    }

    @Test func `gives up a dump that is always interrupted`() async throws {
        let kernel = StandInKernel { datagram in
            var done = nothing(for: Message(bytes: datagram))
            done[6] |= 0x10
            return [.datagram(done)]
        }
        await #expect(throws: IPVSError.interrupted(attempts: 10)) { try await kernel.client.virtualServices() }
        #expect(kernel.sent.count == 10)
        #expect(IPVSError.interrupted(attempts: 10).isTransient)
    }

    @Test func `redoes a dump of which parts were lost`() async throws {
        let dump = try #require(Fixture("save").exchanges.first)
        let attempts = Counter()
        let kernel = StandInKernel { datagram in
            let request = Message(bytes: datagram)
            let replies = dump.received.map {
                NetlinkReception.datagram(Message(bytes: $0).answering(request.sequence))
            }
            return attempts.next() == 0 ? replies.prefix(2) + [.overrun] : replies
        }
        #expect(try await kernel.client.virtualServices().count == 8)
        #expect(kernel.sent.count == 2)
    }

    @Test func `lists a service once that a dump tells of twice`() async throws {
        let dump = try #require(Fixture("save").exchanges.first)
        let kernel = StandInKernel { datagram in
            let request = Message(bytes: datagram)
            return (dump.received.prefix(4) + dump.received).map {
                .datagram(Message(bytes: $0).answering(request.sequence))
            }
        }
        #expect(try await kernel.client.virtualServices().count == 8)
    }

    @Test func `edits what exists when asked to add or edit`() async throws {
        let kernel = StandInKernel { datagram in
            split(datagram).map { .datagram(answer($0.bytes[16] == 1 || $0.bytes[16] == 5 ? 17 : 0, to: $0)) }
        }
        try await kernel.client.addOrEdit(VirtualService(service))
        try await kernel.client.addOrEdit(Destination(endpoint("10.0.0.1:80")), of: service)
        #expect(kernel.sent.map { $0[16] } == [1, 2, 5, 6])
    }

    @Test func `doesn't add and edit forever`() async throws {
        let kernel = StandInKernel { datagram in
            split(datagram).map { .datagram(answer($0.bytes[16] == 5 ? 17 : 2, to: $0)) }
        }
        let destination = Destination(endpoint("10.0.0.1:80"))
        await #expect(throws: IPVSError.noSuchDestination(destination.identity, of: service)) {
            try await kernel.client.addOrEdit(destination, of: service)
        }
        #expect(kernel.sent.count == 6)
    }

    @Test func `asks for the module where the kernel has no IPVS, and works once it is loaded`() async throws {
        let attempts = Counter()
        let kernel = StandInKernel()
        let client = IPVSClient { () throws(NetlinkFailure) in
            if attempts.next() == 0 { throw .familyMissing }
            return kernel
        }
        await #expect(throws: IPVSError.moduleNotLoaded) { try await client.add(VirtualService(service)) }
        #expect(IPVSError.moduleNotLoaded.description.contains("modprobe ip_vs"))
        try await client.add(VirtualService(service))
    }

    /// The kernel says ENOENT to a number that it has given up.
    @Test func `finds IPVS again after its module was loaded anew`() async throws {
        let old = StandInKernel(family: 28) { datagram in split(datagram).map { .datagram(answer(2, to: $0)) } }
        let new = StandInKernel(family: 29)
        let attempts = Counter()
        let client = IPVSClient { () throws(NetlinkFailure) in attempts.next() == 0 ? old : new }
        #expect(try await client.apply(additions(3)) == [])
        #expect(new.sent.flatMap { split($0) }.map { $0.bytes[4] } == [29, 29, 29])
    }

    @Test func `tells all operations that weren't sent, and throws only if none was`() async throws {
        let kernel = StandInKernel()
        kernel.failToSend(.system(call: "send", code: 105))
        await #expect(throws: IPVSError.socket(call: "send", code: 105)) {
            try await kernel.client.apply(additions(2))
        }
        #expect(IPVSError.socket(call: "send", code: 105).isTransient)
        let second = StandInKernel()
        let failing = StandInKernel { datagram in
            second.failToSend(.system(call: "send", code: 105))
            return acknowledgeAll(datagram)
        }
        let attempts = Counter()
        let client = IPVSClient { () throws(NetlinkFailure) in attempts.next() == 0 ? failing : second }
        #expect(try await client.apply(additions(64)) == [])
        failing.failToSend(.system(call: "send", code: 105))
        await #expect(throws: IPVSError.socket(call: "send", code: 105)) { try await client.apply(additions(70)) }
    }

    @Test(arguments: [
        (Int32(1), IPVSError.notPermitted, false), (16, .refused(code: 16, message: nil), true),
        (22, .refused(code: 22, message: nil), false),
    ])
    func `translates errno`(code: Int32, error: IPVSError, isTransient: Bool) async throws {
        let kernel = StandInKernel { datagram in split(datagram).map { .datagram(answer(code, to: $0)) } }
        await #expect(throws: error) { try await kernel.client.add(VirtualService(service)) }
        await #expect(throws: error) { try await kernel.client.virtualServices() }
        #expect(error.isTransient == isTransient)
    }

    @Test func `repeats the kernel's own sentence`() async throws {
        let kernel = StandInKernel { datagram in
            split(datagram).map { request in
                var reply = answer(22, to: request)
                reply[7] |= 2  // NLM_F_ACK_TLVS; NLM_F_CAPPED is set.
                reply += [10, 0, 1, 0] + Array("wrong\0".utf8) + [0, 0]  // NLMSGERR_ATTR_MSG
                reply[0] = UInt8(reply.count)
                return .datagram(reply)
            }
        }
        let error = await #expect(throws: IPVSError.self) { try await kernel.client.add(VirtualService(service)) }
        #expect(error == .refused(code: 22, message: "wrong"))
        #expect(error?.description == "the kernel refused: Invalid argument (errno 22) (wrong)")
    }
}
