import IPVS
import Logging
import Netlink
import ServiceManager
import Synchronization
import Testing
import TestSupport

/// `ipvs_timeouts` in the kernel, which forgets them when its module is loaded anew.
@Suite(.timeLimit(.minutes(1))) struct IPVSTimeoutsKeeperTests {
    /// A kernel that has timeouts, and nothing else: those for `tcp`, `tcp_fin` and `udp`, in seconds.
    private final class Kernel: GenericNetlinkTransport, Sendable {
        private struct State {
            var timeouts = Kernel.atBoot
            var changes: [[UInt32]] = []
            var waiting: [[UInt8]] = []
        }

        private static let atBoot: [UInt32] = [900, 120, 300]

        let family: UInt16 = 28
        private let state = Mutex(State())

        /// What was set, each time.
        var changes: [[UInt32]] { state.withLock(\.changes) }

        /// The module is loaded anew.
        func forget() { state.withLock { $0.timeouts = Self.atBoot } }

        func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
            let number = datagram[8..<12] + [0, 0, 0, 0]
            state.withLock { state in
                switch datagram[16] {
                case 12:
                    // SET_CONFIG with the three attributes, 8 bytes each.
                    state.timeouts = stride(from: 24, to: 48, by: 8).map { start in
                        datagram[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
                    }
                    state.changes.append(state.timeouts)
                    state.waiting.append([36, 0, 0, 0, 2, 0, 0, 1] + number + [0, 0, 0, 0] + datagram.prefix(16))
                case 13:
                    // GET_CONFIG is answered with SET_CONFIG.
                    var answer: [UInt8] = [44, 0, 0, 0, 28, 0, 0, 0] + number + [12, 1, 0, 0]
                    for (index, seconds) in state.timeouts.enumerated() {
                        answer += [8, 0, UInt8(4 + index), 0]
                        withUnsafeBytes(of: seconds.littleEndian) { answer += $0 }
                    }
                    state.waiting.append(answer)
                default: break
                }
            }
        }

        func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
            state.withLock { $0.waiting.isEmpty ? .nothing : .datagram($0.waiting.removeFirst()) }
        }
    }

    @Test func `what is configured is set, and set again when the module was loaded anew`() async throws {
        let kernel = Kernel()
        let clock = ManualClock()
        let keeper = IPVSTimeoutsKeeper(
            try IPVSTimeouts(["tcp": "2h"], "config.json"),
            client: IPVSClient { () throws(NetlinkFailure) in kernel },
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await keeper.run() }
            try await eventually("it is set") { kernel.changes == [[7200, 120, 300]] }
            try await eventually("it waits") { clock.deadlines == [.seconds(30)] }
            clock.advance(by: .seconds(30))
            try await eventually("it has looked") { clock.deadlines == [.seconds(60)] }
            #expect(kernel.changes.count == 1)
            kernel.forget()
            clock.advance(by: .seconds(30))
            try await eventually("it is set again") {
                kernel.changes == [[7200, 120, 300], [7200, 120, 300]]
            }
            group.cancelAll()
        }
    }
}
