import IPVS
import Netlink
import Synchronization
import Testing

/// Replies that nobody wrote: nothing may trap, hang, or be read twice.
@Suite struct FuzzTests {
    /// What is damaged: real replies of each kind.
    static let originals: [[UInt8]] = {
        let names = ["save", "list-one", "list-timeouts", "info", "add-service-tcp-again", "remove-service"]
        return names.flatMap { name in (try? Fixture(name))?.exchanges.flatMap(\.received) ?? [] }
    }()

    @Test(.timeLimit(.minutes(2)), arguments: 0..<8 as Range<UInt64>)
    func `never trips over damaged replies`(seed: UInt64) async throws {
        #expect(Self.originals.count >= 38)
        let random = Mutex(SeededGenerator(seed: seed))
        let originals = Self.originals
        let kernel = StandInKernel { datagram in
            random.withLock { random in
                (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    let original = originals.randomElement(using: &random) ?? []
                    let reply = Message(bytes: original).answering(Message(bytes: datagram).sequence)
                    return .datagram(damaged(reply, using: &random))
                } + [.datagram(nothing(for: Message(bytes: datagram)))]
            }
        }
        let client = kernel.client
        let service = VirtualService.Identity.address(address("172.18.0.1:7001"))
        var answers = 0
        for _ in 0..<1500 {
            answers += await count { _ = try await client.virtualServices() }
            answers += await count { _ = try await client.virtualService(service) }
            answers += await count { _ = try await client.destinations(of: service) }
            answers += await count { _ = try await client.timeouts() }
            answers += await count { _ = try await client.info() }
            answers += await count { _ = try await client.apply([.removeService(service)]) }
        }
        // Some damage is none, or can't be told; so both kinds must have been seen.
        #expect(answers > 0)
        #expect(answers < 6 * 1500)
    }

    @Test func `reads every prefix of a reply without a trap`() async throws {
        let service = VirtualService.Identity.address(address("172.18.0.1:7001"))
        for original in Self.originals.prefix(3) + Self.originals.suffix(4) {
            for length in 0...original.count {
                let kernel = StandInKernel { datagram in
                    let request = Message(bytes: datagram)
                    var reply = Message(bytes: original).answering(request.sequence)
                    reply.removeSubrange(length...)
                    return [.datagram(reply), .datagram(nothing(for: request))]
                }
                _ = await count { _ = try await kernel.client.virtualServices() }
                _ = await count { _ = try await kernel.client.destinations(of: service) }
                _ = await count { _ = try await kernel.client.apply([.removeService(service)]) }
            }
        }
    }

    private func count(_ question: () async throws -> Void) async -> Int {
        do {
            try await question()
            return 1
        } catch {
            return 0
        }
    }
}

/// Flips, cuts, inserts and repeats.
func damaged(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
        let index = bytes.indices.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(index...)
        case 3: bytes.remove(at: index)
        case 4: bytes.insert([0, 1, 4, 0x7f, 0xff].randomElement(using: &random) ?? 0, at: index)
        default: bytes += bytes[index...]
        }
    }
    return bytes
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Counts from 0.
final class Counter: Sendable {
    private let value = Atomic(0)

    func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
