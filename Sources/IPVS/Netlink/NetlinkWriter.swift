import CNetlink

/// Appends netlink messages to a buffer: headers, padding and lengths are its business only.
///
/// Numbers are in the host's byte order, as netlink has it, unless they come as bytes.
package struct NetlinkWriter {
    /// The messages so far, each aligned to 4 bytes.
    package private(set) var bytes: [UInt8] = []

    /// Where the last message begins.
    private var lastMessage: Int?

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends a generic netlink message: `nlmsghdr`, `genlmsghdr`, attributes.
    mutating func message<Failure: Error>(
        _ header: NetlinkHeader,
        command: Int,
        _ attributes: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        append(UInt32(0))
        append(header.type)
        append(header.flags)
        append(header.sequence)
        append(UInt32(0))  // The port id: the kernel takes the socket's.
        append(UInt8(truncatingIfNeeded: command))
        append(UInt8(IPVS_GENL_VERSION))
        append(UInt16(0))
        do {
            try attributes(&self)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
        patch(UInt32(bytes.count - start), at: start)
        lastMessage = start
    }

    /// Asks for an acknowledgement of the last message.
    mutating func acknowledgeLast() {
        guard let lastMessage, let flags = bytes[lastMessage...].number(UInt16.self, at: 6) else { return }
        patch(flags | UInt16(NLM_F_ACK), at: lastMessage + 6)
    }

    /// Appends an attribute that is a number.
    mutating func attribute(_ type: Int, _ number: some FixedWidthInteger) {
        attribute(type) { $0.append(number) }
    }

    /// Appends an attribute that is bytes.
    mutating func attribute(_ type: Int, bytes value: some Sequence<UInt8>) {
        attribute(type) { $0.bytes.append(contentsOf: value) }
    }

    /// Appends an attribute that is a string with a zero byte at its end.
    mutating func attribute(_ type: Int, string: String) {
        attribute(type) {
            $0.bytes.append(contentsOf: string.utf8)
            $0.bytes.append(0)
        }
    }

    /// Appends an attribute that holds attributes.
    mutating func nested<Failure: Error>(
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

/// What a caller decides of a message's header.
struct NetlinkHeader {
    var type: UInt16
    var flags: UInt16
    var sequence: UInt32
}
