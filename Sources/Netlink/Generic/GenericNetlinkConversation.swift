/// Requests and replies of one generic netlink family.
package struct GenericNetlinkConversation {
    /// The family's number.
    package let family: UInt16

    private let version: UInt8
    private var conversation: NetlinkConversation

    /// `struct genlmsghdr`.
    private static let headerSize = 4

    /// - Parameters:
    ///   - transport: Carries the datagrams.
    ///   - version: The version of the family's commands.
    ///   - firstSequence: The number of the first request.
    package init(_ transport: any GenericNetlinkTransport, version: UInt8, firstSequence: UInt32) {
        family = transport.family
        self.version = version
        conversation = NetlinkConversation(transport, firstSequence: firstSequence)
    }

    /// False once answers were lost: the kernel reports no further losses until everything that waits has been read.
    package var isUsable: Bool { conversation.isUsable }

    /// Sends changes in one datagram, and collects the outcome of each: see ``NetlinkConversation``.
    package mutating func change(
        count: Int,
        _ write: (_ position: Int, _ header: NetlinkHeader, _ writer: inout NetlinkWriter) -> Bool
    ) throws(NetlinkFailure) -> [ChangeOutcome] {
        try conversation.change(type: family, count: count, write)
    }

    /// Asks for one thing.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - attributes: Appends the request's attributes.
    /// - Returns: The reply's attributes.
    /// - Throws: `NetlinkFailure`.
    package mutating func ask(
        _ command: Int,
        _ attributes: (inout NetlinkWriter) -> Void = { _ in }
    ) throws(NetlinkFailure) -> NetlinkAttributes {
        let version = version
        let reply = try conversation.ask(family, reply: family) { header, writer in
            writer.message(header, command: command, version: version, attributes)
        }
        return try reply.attributes(after: Self.headerSize)
    }

    /// Asks for all things of a kind, and asks again if they changed meanwhile.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - attributes: Appends the request's attributes.
    /// - Returns: The attributes of each reply.
    /// - Throws: `NetlinkFailure`.
    package mutating func dump(
        _ command: Int,
        _ attributes: (inout NetlinkWriter) -> Void = { _ in }
    ) throws(NetlinkFailure) -> [NetlinkAttributes] {
        let version = version
        let replies = try conversation.dump(family, reply: family) { header, writer in
            writer.message(header, command: command, version: version, attributes)
        }
        return try replies.map { reply throws(NetlinkFailure) in try reply.attributes(after: Self.headerSize) }
    }
}

extension NetlinkWriter {
    /// Appends a message of generic netlink: `nlmsghdr`, `genlmsghdr`, attributes.
    ///
    /// - Parameters:
    ///   - header: The caller's part of the `nlmsghdr`.
    ///   - command: The family's command.
    ///   - version: The version of the family's commands.
    ///   - attributes: Appends the attributes; when it throws, the message is removed.
    /// - Throws: What `attributes` throws.
    package mutating func message<Failure: Error>(
        _ header: NetlinkHeader,
        command: Int,
        version: UInt8,
        _ attributes: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try message(header, own: [UInt8(truncatingIfNeeded: command), version, 0, 0], attributes)
    }
}
