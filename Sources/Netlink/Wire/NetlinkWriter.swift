import CNetlink

/// Appends netlink messages to a buffer.
///
/// It alone writes headers, padding and lengths.
///
/// Numbers are written in the host's byte order, unless they are passed as bytes.
package struct NetlinkWriter {
    /// The messages, each aligned to 4 bytes.
    package private(set) var bytes: [UInt8] = []

    /// Where the last message begins.
    private var lastMessage: Int?

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends a message: `nlmsghdr`, the protocol's own header, attributes.
    ///
    /// - Parameters:
    ///   - header: The caller's part of the `nlmsghdr`.
    ///   - own: The protocol's header, a multiple of 4 bytes.
    ///   - attributes: Appends the attributes; when it throws, the message is removed.
    /// - Throws: What `attributes` throws.
    package mutating func message<Failure: Error>(
        _ header: NetlinkHeader,
        own: some Sequence<UInt8>,
        _ attributes: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        append(UInt32(0))
        append(header.type)
        append(header.flags)
        append(header.sequence)
        append(UInt32(0))  // The port id: the kernel takes the socket's.
        bytes.append(contentsOf: own)
        do {
            try attributes(&self)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
        patch(UInt32(bytes.count - start), at: start)
        lastMessage = start
    }

    /// Requests an acknowledgement of the last message.
    package mutating func acknowledgeLast() {
        guard let lastMessage, let flags = bytes[lastMessage...].number(UInt16.self, at: 6) else { return }
        patch(flags | UInt16(NLM_F_ACK), at: lastMessage + 6)
    }

    /// Appends an attribute that is a number.
    package mutating func attribute(_ type: Int, _ number: some FixedWidthInteger) {
        attribute(type) { $0.append(number) }
    }

    /// Appends an attribute that is bytes.
    package mutating func attribute(_ type: Int, bytes value: some Sequence<UInt8>) {
        attribute(type) { $0.bytes.append(contentsOf: value) }
    }

    /// Appends an attribute that is a string with a zero byte at its end.
    package mutating func attribute(_ type: Int, string: String) {
        attribute(type) {
            $0.bytes.append(contentsOf: string.utf8)
            $0.bytes.append(0)
        }
    }

    /// Appends an attribute that holds attributes.
    package mutating func nested<Failure: Error>(
        _ type: Int,
        _ attributes: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try attribute(type | Int(NLA_F_NESTED), attributes)
    }

    private mutating func attribute<Failure: Error>(
        _ type: Int,
        _ value: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        append(UInt16(0))
        append(UInt16(truncatingIfNeeded: type))
        try value(&self)
        patch(UInt16(truncatingIfNeeded: bytes.count - start), at: start)
        bytes.append(contentsOf: repeatElement(0, count: -bytes.count & 3))
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    private mutating func patch(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
}

/// The caller's part of a message's header.
package struct NetlinkHeader: Sendable {
    package var type: UInt16
    package var flags: UInt16
    package var sequence: UInt32

    /// - Parameters:
    ///   - type: `nlmsg_type`.
    ///   - flags: `NLM_F_…`.
    ///   - sequence: The number that the reply repeats.
    package init(type: UInt16, flags: Int32, sequence: UInt32) {
        self.type = type
        self.flags = UInt16(truncatingIfNeeded: flags)
        self.sequence = sequence
    }
}
