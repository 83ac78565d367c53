import CNetlink

/// A message from the kernel.
///
/// Its lengths have been checked against the bytes that were received.
package struct NetlinkMessage {
    package let type: UInt16
    package let flags: UInt16
    package let sequence: UInt32
    package let payload: ArraySlice<UInt8>

    static let headerSize = 16

    /// Splits a datagram into messages.
    package static func parse(_ datagram: [UInt8]) throws(NetlinkFailure) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var rest = datagram[...]
        while !rest.isEmpty {
            guard
                let length = rest.number(UInt32.self, at: 0), let type = rest.number(UInt16.self, at: 4),
                let flags = rest.number(UInt16.self, at: 6), let sequence = rest.number(UInt32.self, at: 8),
                length >= headerSize, length <= rest.count
            else { throw .malformed("a message that doesn't fit its \(rest.count) bytes") }
            let payload = rest.prefix(Int(length)).dropFirst(headerSize)
            messages.append(NetlinkMessage(type: type, flags: flags, sequence: sequence, payload: payload))
            rest = rest.dropFirst(Int(length).aligned)
        }
        return messages
    }

    /// The attributes after the protocol's own header.
    ///
    /// - Parameter size: The size of that header.
    /// - Returns: The attributes.
    /// - Throws: `NetlinkFailure.malformed`.
    package func attributes(after size: Int) throws(NetlinkFailure) -> NetlinkAttributes {
        guard payload.count >= size else {
            throw .malformed("a message of \(payload.count) bytes, less than its header")
        }
        return try NetlinkAttributes(payload.dropFirst(size))
    }

    /// The refusal in an `NLMSG_ERROR`; nil for an acknowledgement.
    package func refusal() throws(NetlinkFailure) -> NetlinkFailure? {
        guard let code = payload.number(Int32.self, at: 0) else { throw .malformed("an error without a number") }
        guard code < 0, code > Int32.min else { return nil }
        return .refused(code: -code, message: extendedMessage)
    }

    /// The sentence that may follow an error.
    ///
    /// After the code comes the request's header, or all of the request.
    private var extendedMessage: String? {
        guard flags & UInt16(NLM_F_ACK_TLVS) != 0, let length = payload.number(UInt32.self, at: 4) else { return nil }
        let isCapped = flags & UInt16(NLM_F_CAPPED) != 0
        let request = isCapped ? Self.headerSize : Int(length).aligned
        let rest = payload.dropFirst(4).dropFirst(request)
        return (try? NetlinkAttributes(rest))?.string(Int(NLMSGERR_ATTR_MSG.rawValue))
    }
}

extension Int {
    /// The next multiple of 4.
    var aligned: Int { self + (-self & 3) }
}

extension ArraySlice<UInt8> {
    /// A number in the host's byte order; nil if the bytes end before it.
    package func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        guard offset >= 0, count - offset >= MemoryLayout<Number>.size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}
