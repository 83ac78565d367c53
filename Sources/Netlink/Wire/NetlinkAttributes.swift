import CNetlink

/// The attributes of a message, or of a nested attribute.
package struct NetlinkAttributes {
    private var values: [(type: Int, value: ArraySlice<UInt8>)] = []

    /// `NLA_TYPE_MASK`, a macro that isn't imported: all bits except those for "nested" and for network byte order.
    private static let typeMask = 0x3fff

    /// Splits bytes into attributes.
    package init(_ bytes: ArraySlice<UInt8>) throws(NetlinkFailure) {
        var rest = bytes
        while !rest.isEmpty {
            guard
                let length = rest.number(UInt16.self, at: 0), let type = rest.number(UInt16.self, at: 2),
                length >= 4, length <= rest.count
            else { throw .malformed("an attribute that doesn't fit its \(rest.count) bytes") }
            values.append((Int(type) & Self.typeMask, rest.prefix(Int(length)).dropFirst(4)))
            rest = rest.dropFirst(Int(length).aligned)
        }
    }

    /// The bytes of an attribute; nil if it is missing.
    package func bytes(_ type: Int) -> ArraySlice<UInt8>? {
        values.last { $0.type == type }?.value
    }

    /// The number that an attribute holds; nil if it is missing, or has another size.
    package func number<Number: FixedWidthInteger>(_ type: Int, as: Number.Type = Number.self) -> Number? {
        guard let bytes = bytes(type), bytes.count == MemoryLayout<Number>.size else { return nil }
        return bytes.number(Number.self, at: 0)
    }

    /// The string that an attribute holds, up to its zero byte; nil if it is missing.
    package func string(_ type: Int) -> String? {
        bytes(type).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The attributes that an attribute holds; nil if it is missing.
    package func nested(_ type: Int) throws(NetlinkFailure) -> NetlinkAttributes? {
        guard let bytes = bytes(type) else { return nil }
        return try NetlinkAttributes(bytes)
    }

    /// A number that must be present.
    package func required<Number: FixedWidthInteger>(
        _ type: Int,
        _ name: String,
        as: Number.Type = Number.self
    ) throws(NetlinkFailure) -> Number {
        guard let number = number(type, as: Number.self) else { throw .malformed("a reply without \(name)") }
        return number
    }
}
