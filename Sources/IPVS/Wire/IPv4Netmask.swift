/// The netmask of an IPv4 prefix, as the bytes of a message.
struct IPv4Netmask {
    let bytes: [UInt8]

    /// - Parameter prefixLength: 0…32; other values are clamped.
    init(prefixLength: Int) {
        let host = min(max(32 - prefixLength, 0), 32)
        let mask = UInt32.max << UInt32(host)
        bytes = (0..<4).map { UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * $0)) }
    }

    /// The number of leading ones of a mask.
    static func prefixLength(of bytes: ArraySlice<UInt8>) -> Int {
        let mask = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (~mask).leadingZeroBitCount
    }
}
