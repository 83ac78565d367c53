import CNetlink

/// Requests and replies over a transport: it numbers the requests, and matches the replies.
///
/// Every call ends: a lost reply is awaited once, and an interrupted dump is repeated a limited number of times.
package struct NetlinkConversation {
    private let transport: any NetlinkTransport
    private var sequence: UInt32

    /// How long to wait for a reply.
    ///
    /// The kernel handles a request while it is sent, so a later reply never comes.
    static let patience = Duration.seconds(5)

    /// How often an interrupted dump is repeated.
    ///
    /// An attempt is interrupted only if something changes within its milliseconds. A table that changes all the time must not
    /// hold up the caller forever.
    static let attempts = 10

    /// How many datagrams that answer none of our requests are skipped: they are left from an exchange that was given up.
    private static let strangers = 1024

    /// - Parameters:
    ///   - transport: Carries the datagrams.
    ///   - firstSequence: The number of the first request.
    package init(_ transport: any NetlinkTransport, firstSequence: UInt32) {
        self.transport = transport
        sequence = firstSequence
    }

    /// False once answers were lost: the kernel reports no further losses until everything that waits has been read.
    package private(set) var isUsable = true

    /// Sends changes in one datagram, and collects the outcome of each.
    ///
    /// The kernel makes them in order, and reports each one that it refuses. Only the last one requests an acknowledgement,
    /// which means that all have been handled. Those that weren't refused were made, unless reports were dropped for lack of
    /// space. The kernel reports such a loss before anything else (`netlink_overrun`).
    ///
    /// - Parameters:
    ///   - type: The messages' type.
    ///   - count: How many changes there are.
    ///   - write: Appends the message of the change at an index, or nothing; returns whether it did.
    /// - Returns: The outcome of each change.
    /// - Throws: `NetlinkFailure` when nothing was sent.
    package mutating func change(
        type: UInt16,
        count: Int,
        _ write: (_ position: Int, _ header: NetlinkHeader, _ writer: inout NetlinkWriter) -> Bool
    ) throws(NetlinkFailure) -> [ChangeOutcome] {
        let first = take(count)
        var writer = NetlinkWriter(capacity: count * 192)
        var header = NetlinkHeader(type: type, flags: NLM_F_REQUEST, sequence: first)
        var outcomes: [ChangeOutcome] = []
        for position in 0..<count {
            outcomes.append(write(position, header, &writer) ? .lost : .notSent)
            header.sequence += 1
        }
        guard let last = outcomes.lastIndex(of: .lost) else { return outcomes }
        writer.acknowledgeLast()
        try transport.send(writer.bytes)
        isUsable = collectReports(from: first, last: last, &outcomes)
        if isUsable { outcomes = outcomes.map { $0 == .lost ? .done : $0 } }
        return outcomes
    }

    /// Reads until the last change is answered.
    ///
    /// Once the changes are sent, a failure to read is a lost answer, not a failed change. So nothing is thrown here.
    ///
    /// - Returns: Whether nothing was lost.
    private func collectReports(from first: UInt32, last: Int, _ outcomes: inout [ChangeOutcome]) -> Bool {
        var isWhole = true
        for _ in 0..<(outcomes.count + Self.strangers) where outcomes[last] == .lost {
            // After an overrun, everything that isn't lost has already arrived.
            guard let reception = try? transport.receive(timeout: isWhole ? Self.patience : .zero) else { return false }
            switch reception {
            case .nothing: return false
            case .overrun: isWhole = false
            case .datagram(let datagram):
                guard let messages = try? NetlinkMessage.parse(datagram) else { return false }
                for message in messages where message.type == UInt16(NLMSG_ERROR) {
                    let position = Int(message.sequence &- first)
                    guard position < outcomes.count, outcomes[position] == .lost else { continue }
                    guard let outcome = try? ChangeOutcome(message) else { return false }
                    outcomes[position] = outcome
                }
            }
        }
        return isWhole && outcomes[last] != .lost
    }

    /// Asks for one thing.
    ///
    /// - Parameters:
    ///   - type: The request's type.
    ///   - reply: The type of the reply.
    ///   - write: Appends the request with this header.
    /// - Returns: The reply.
    /// - Throws: `NetlinkFailure`.
    package mutating func ask(
        _ type: UInt16,
        reply: UInt16,
        _ write: (_ header: NetlinkHeader, _ writer: inout NetlinkWriter) -> Void
    ) throws(NetlinkFailure) -> NetlinkMessage {
        let sequence = try request(type, flags: NLM_F_REQUEST, write)
        for _ in 0..<Self.strangers {
            guard case .datagram(let datagram) = try transport.receive(timeout: Self.patience) else { throw .noReply }
            for message in try NetlinkMessage.parse(datagram) where message.sequence == sequence {
                if message.type == reply { return message }
                guard message.type == UInt16(NLMSG_ERROR) else { continue }
                throw try message.refusal() ?? .malformed("an acknowledgement instead of a reply")
            }
        }
        throw .noReply
    }

    /// Asks for all things of a kind, and asks again if they changed meanwhile.
    ///
    /// - Parameters:
    ///   - type: The request's type.
    ///   - reply: The type of the replies.
    ///   - write: Appends the request with this header.
    /// - Returns: The replies.
    /// - Throws: `NetlinkFailure`.
    package mutating func dump(
        _ type: UInt16,
        reply: UInt16,
        _ write: (_ header: NetlinkHeader, _ writer: inout NetlinkWriter) -> Void
    ) throws(NetlinkFailure) -> [NetlinkMessage] {
        for _ in 0..<Self.attempts {
            let sequence = try request(type, flags: NLM_F_REQUEST | NLM_F_DUMP, write)
            if let replies = try dumpReplies(to: sequence, reply) { return replies }
        }
        throw .interrupted(attempts: Self.attempts)
    }

    /// The replies of one dump; nil if the dump was interrupted, or replies were lost.
    private func dumpReplies(to sequence: UInt32, _ type: UInt16) throws(NetlinkFailure) -> [NetlinkMessage]? {
        var replies: [NetlinkMessage] = []
        var isWhole = true
        var strangers = 0
        while strangers < Self.strangers {
            let messages: [NetlinkMessage]
            // After an overrun, the end of the dump may be lost.
            switch try transport.receive(timeout: isWhole ? Self.patience : .zero) {
            case .nothing where isWhole: throw .noReply
            case .nothing: return nil
            case .overrun:
                isWhole = false
                strangers += 1
                continue
            case .datagram(let datagram): messages = try NetlinkMessage.parse(datagram)
            }
            let ours = messages.filter { $0.sequence == sequence }
            if ours.isEmpty { strangers += 1 }
            for message in ours {
                if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isWhole = false }
                switch Int32(message.type) {
                case NLMSG_DONE:
                    // The number in the message is the dump's result; kernels before 5.0 may leave it out.
                    if message.payload.count >= 4, let refusal = try message.refusal() { throw refusal }
                    return isWhole ? replies : nil
                case NLMSG_ERROR:
                    throw try message.refusal() ?? .malformed("an acknowledgement instead of a dump")
                case Int32(type):
                    replies.append(message)
                default: continue
                }
            }
        }
        throw .noReply
    }

    private mutating func request(
        _ type: UInt16,
        flags: Int32,
        _ write: (_ header: NetlinkHeader, _ writer: inout NetlinkWriter) -> Void
    ) throws(NetlinkFailure) -> UInt32 {
        let sequence = take(1)
        var writer = NetlinkWriter()
        write(NetlinkHeader(type: type, flags: flags, sequence: sequence), &writer)
        try transport.send(writer.bytes)
        return sequence
    }

    /// Takes sequence numbers for requests.
    ///
    /// None is 0, so that an unsolicited message is never taken for a reply.
    private mutating func take(_ count: Int) -> UInt32 {
        let number = UInt32(truncatingIfNeeded: count)
        if sequence == 0 || sequence > UInt32.max - number { sequence = 1 }
        defer { sequence += number }
        return sequence
    }
}
