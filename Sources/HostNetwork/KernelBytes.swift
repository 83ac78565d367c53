/// Reads numbers in the host's byte order, as netlink has them, out of a message; nil beyond its end.
extension ArraySlice<UInt8> {
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, count >= offset + size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}

/// Splits the attributes (`struct rtattr`: length, type, payload, padding to 4 bytes) of a message or of a nest.
///
/// Damaged ones end the list. Of several with the same type the last counts, as in the kernel's own parser.
func attributes(_ bytes: ArraySlice<UInt8>) -> [Int: ArraySlice<UInt8>] {
    var rest = bytes
    var attributes: [Int: ArraySlice<UInt8>] = [:]
    while let length: UInt16 = rest.number(at: 0), let type: UInt16 = rest.number(at: 2) {
        guard length >= 4, Int(length) <= rest.count else { break }
        // The two upper bits are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
        attributes[Int(type & 0x3fff)] = rest.dropFirst(4).prefix(Int(length) - 4)
        rest = rest.dropFirst((Int(length) + 3) & ~3)
    }
    return attributes
}

/// The text of an attribute, without the zero at its end.
func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}

/// The bytes of a number in the host's byte order.
func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
}
