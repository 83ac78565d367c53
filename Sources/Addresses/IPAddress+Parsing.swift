extension IPAddress {
    /// Parses an address in the usual notation: four decimal numbers, or RFC 4291 §2.2.
    ///
    /// Leading zeros in IPv4 (which some programs read as octal), zones (`%eth0`) and brackets are rejected.
    ///
    /// - Parameter text: The address.
    /// - Throws: `AddressError` with the text.
    public init(_ text: some StringProtocol) throws(AddressError) {
        let bytes = Array(text.utf8)
        if let number = Self.ipv4(bytes[...]) {
            self.init(family: .ipv4, number: UInt128(number))
        } else if let number = Self.ipv6(bytes[...]) {
            self.init(family: .ipv6, number: number)
        } else {
            throw AddressError(expected: .ipAddress, found: text)
        }
    }

    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let octet = decimal(part, maximum: 255) else { return nil }
            number = number << 8 | UInt32(octet)
        }
        return number
    }

    private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = firstDoubleColon(text) else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return number(groups)
        }
        guard let before = groups(text[..<gap]), let after = groups(text[(gap + 2)...]) else { return nil }
        let missing = 8 - before.count - after.count
        guard missing >= 1 else { return nil }
        // An IPv4 tail is the end of the address, so it can't come before the gap.
        guard !text[..<gap].contains(UInt8(ascii: ".")) else { return nil }
        return number(before + Array(repeating: 0, count: missing) + after)
    }

    private static func firstDoubleColon(_ text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropLast().first { text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":") }
    }

    /// Groups of 16 bits, at most 8.
    ///
    /// The last one may be an IPv4 address, which counts as two.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 8, omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let tail = ipv4(part) {
                groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
            } else if let group = hexadecimal(part) {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var number: UInt16 = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            number = number << 4 | UInt16(value)
        }
        return number
    }
}

/// A decimal number in canonical form: digits only, no leading zero.
func decimal(_ digits: some Collection<UInt8>, maximum: Int) -> Int? {
    guard let first = digits.first, digits.count <= 5, first != UInt8(ascii: "0") || digits.count == 1 else {
        return nil
    }
    var number = 0
    for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number <= maximum ? number : nil
}
