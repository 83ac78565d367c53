import IPVS
import Netlink
import Synchronization

/// A transport that notes what is sent, and answers what a test says.
final class StandInKernel: GenericNetlinkTransport, Sendable {
    let family: UInt16
    private let state: Mutex<State>

    private struct State {
        var sent: [[UInt8]] = []
        var waiting: [NetlinkReception] = []
        var answer: @Sendable ([UInt8]) -> [NetlinkReception]
        var sendFailure: NetlinkFailure?
        var receiveCount = 0
    }

    /// - Parameters:
    ///   - family: The number of the IPVS family; 28 in the fixtures.
    ///   - answer: What comes back for a datagram.
    init(family: UInt16 = 28, answer: @escaping @Sendable ([UInt8]) -> [NetlinkReception] = acknowledgeAll) {
        self.family = family
        state = Mutex(State(answer: answer))
    }

    /// - Parameter fixture: Whose questions are answered as the kernel answered them; all else is answered as if there
    ///   was nothing.
    convenience init(replaying fixture: Fixture) {
        let exchanges = fixture.exchanges
        self.init { datagram in
            let request = Message(bytes: datagram)
            let same = exchanges.first { $0.sent[16...] == datagram[16...] }
            let replies = same?.received ?? [nothing(for: request)]
            return replies.map { .datagram(Message(bytes: $0).answering(request.sequence)) }
        }
    }

    var sent: [[UInt8]] { state.withLock { $0.sent } }
    var receiveCount: Int { state.withLock { $0.receiveCount } }

    func failToSend(_ failure: NetlinkFailure) { state.withLock { $0.sendFailure = failure } }

    func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
        if let failure = state.withLock({ $0.sendFailure }) { throw failure }
        state.withLock {
            $0.sent.append(datagram)
            $0.waiting += $0.answer(datagram)
        }
    }

    func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
        state.withLock {
            $0.receiveCount += 1
            return $0.waiting.isEmpty ? .nothing : $0.waiting.removeFirst()
        }
    }

    /// A client of this kernel.
    var client: IPVSClient { IPVSClient { () throws(NetlinkFailure) in self } }
}

/// The messages of a datagram.
func split(_ datagram: [UInt8]) -> [Message] {
    var messages: [Message] = []
    var rest = datagram[...]
    while rest.count >= 16 {
        let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        messages.append(Message(bytes: Array(rest.prefix(length))))
        rest = rest.dropFirst(length + (-length & 3))
    }
    return messages
}

/// What a kernel without services answers.
@Sendable func nothing(for request: Message) -> [UInt8] {
    let number = request.bytes[8..<12] + [0, 0, 0, 0]
    switch request.bytes[16] {
    case 13:
        // SET_CONFIG with timeouts of 900, 120 and 300 s.
        return [44, 0, 0, 0, 28, 0, 0, 0] + number + [12, 1, 0, 0]
            + [8, 0, 4, 0, 0x84, 3, 0, 0, 8, 0, 5, 0, 120, 0, 0, 0, 8, 0, 6, 0, 0x2c, 1, 0, 0]
    case 15:
        // SET_INFO with version 1.2.1 and 4096 rows.
        return [36, 0, 0, 0, 28, 0, 0, 0] + number + [14, 1, 0, 0] + [8, 0, 1, 0, 1, 2, 1, 0, 8, 0, 2, 0, 0, 16, 0, 0]
    default:
        // NLMSG_DONE
        return [20, 0, 0, 0, 3, 0, 2, 0] + number + [0, 0, 0, 0]
    }
}

/// An `NLMSG_ERROR` for a request; code 0 is an acknowledgement.
func answer(_ code: Int32, to request: Message) -> [UInt8] {
    var answer: [UInt8] = [36, 0, 0, 0, 2, 0, 0, 1] + request.bytes[8..<12] + [0, 0, 0, 0]
    withUnsafeBytes(of: -code) { answer += $0 }
    return answer + request.bytes.prefix(16)
}

/// Answers as the kernel does: each message that is refused, and each other one that asks for it (`NLM_F_ACK`).
func answers(to datagram: [UInt8], _ code: (Message) -> Int32) -> [NetlinkReception] {
    split(datagram).compactMap { request in
        let code = code(request)
        return code != 0 || request.bytes[6] & 4 != 0 ? .datagram(answer(code, to: request)) : nil
    }
}

/// Does all that is asked for.
@Sendable func acknowledgeAll(_ datagram: [UInt8]) -> [NetlinkReception] {
    answers(to: datagram) { _ in 0 }
}
