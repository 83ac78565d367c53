extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted decimal, or RFC 5952.
    public var description: String {
        switch family {
        case .ipv4: Self.dotted(number)
        case .ipv6: isIPv4Mapped ? "::ffff:" + Self.dotted(number) : Self.compressed(groups)
        }
    }

    private var groups: [UInt16] {
        (0..<8).reversed().map { UInt16(truncatingIfNeeded: number >> UInt128($0 * 16)) }
    }

    private static func dotted(_ number: UInt128) -> String {
        [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: number >> $0)) }.joined(separator: ".")
    }

    private static func compressed(_ groups: [UInt16]) -> String {
        let text = groups.map { String($0, radix: 16) }
        guard let gap = longestRunOfZeros(groups) else { return text.joined(separator: ":") }
        return text[..<gap.lowerBound].joined(separator: ":") + "::" + text[gap.upperBound...].joined(separator: ":")
    }

    /// The run that `::` stands for: the first of the longest ones, never a single group (RFC 5952 §4.2).
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(1, longest?.count ?? 0) { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}

extension IPAddress.Family: CustomStringConvertible {
    /// `IPv4` or `IPv6`.
    public var description: String {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        }
    }
}
