/// JSON strings (RFC 8259 §7) in raw bytes.
enum JSONString {
    /// A text as JSON, with its quotation marks.
    static func encode(_ text: String) -> String {
        var encoded = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": encoded += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                encoded += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: encoded.unicodeScalars.append(scalar)
            }
        }
        return encoded + "\""
    }

    /// The text of a string whose range includes its quotation marks.
    static func decode(_ bytes: [UInt8], in range: Range<Int>) throws(JSONSlices.Malformed) -> String {
        func malformed(_ offset: Int, _ expected: String) -> JSONSlices.Malformed {
            JSONSlices.Malformed(offset: offset, expected: expected)
        }
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\""),
            bytes[range.upperBound - 1] == UInt8(ascii: "\"")
        else {
            throw malformed(range.lowerBound, "a string")
        }
        var decoded: [UInt8] = []
        var position = range.lowerBound + 1
        let end = range.upperBound - 1
        while position < end {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                continue
            }
            guard position < end else { throw malformed(position, "a character after \\") }
            let escape = bytes[position]
            position += 1
            if escape == UInt8(ascii: "u") {
                guard let scalar = unicodeScalar(bytes, at: &position, end: end) else {
                    throw malformed(position, "a Unicode escape")
                }
                decoded += Array(String(Character(scalar)).utf8)
            } else if let character = simpleEscape(escape) {
                decoded.append(character)
            } else {
                throw malformed(position, "an escape sequence")
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw malformed(range.lowerBound, "UTF-8")
        }
        return text
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    private static func unicodeScalar(_ bytes: [UInt8], at position: inout Int, end: Int) -> Unicode.Scalar? {
        guard let first = codeUnit(bytes, at: &position, end: end) else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard position + 2 <= end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let second = codeUnit(bytes, at: &position, end: end), UTF16.isTrailSurrogate(second) else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private static func codeUnit(_ bytes: [UInt8], at position: inout Int, end: Int) -> UInt16? {
        guard position + 4 <= end else { return nil }
        defer { position += 4 }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
