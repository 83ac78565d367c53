extension JSONReader {
    /// Reads a text, from its opening to its closing quote; nil after a problem within.
    mutating func readString() throws(JSONReadingStopped) -> String? {
        let start = position
        var isSound = true
        var text: [UInt8] = []
        advance()
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                guard let string = String(validating: text, as: UTF8.self) else {
                    try report(expected: "a text in UTF-8", found: "bytes that aren't", at: start)
                    return nil
                }
                return isSound ? string : nil
            case UInt8(ascii: "\\"):
                if let scalar = try readEscape() {
                    text.append(contentsOf: String(scalar).utf8)
                } else {
                    isSound = false
                }
            case UInt8(ascii: "\n"):
                throw stop(
                    expected: "a closing quote",
                    found: "the end of the line",
                    hint: "the text that begins at \(start) isn't closed; a line break within is \\n"
                )
            case 0..<0x20:
                isSound = false
                try report(
                    expected: "a text without control characters",
                    found: "byte 0x\(String(byte, radix: 16))",
                    hint: byte == UInt8(ascii: "\t")
                        ? "write \\t" : "write it as \\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
                )
                advance()
            default:
                text.append(byte)
                advance()
            }
        }
        throw stop(
            expected: "a closing quote",
            found: "the end of the document",
            hint: "the text that begins at \(start) isn't closed"
        )
    }

    private mutating func readEscape() throws(JSONReadingStopped) -> Unicode.Scalar? {
        let start = position
        advance()
        let letter = next
        switch letter {
        case UInt8(ascii: "u"):
            advance()
            return try readUnicodeEscape(from: start)
        case nil: return nil
        case .some(let byte):
            guard let scalar = Self.escapes[byte] else {
                try report(
                    expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000",
                    found: !hidesText && byte > 0x20 && byte < 0x7f
                        ? "\\\(Unicode.Scalar(byte))" : "another byte after a backslash",
                    hint: "a backslash itself is \\\\",
                    at: start
                )
                return nil
            }
            advance()
            return scalar
        }
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    /// Reads what follows `\u`: four hexadecimal digits, or two such escapes that make a surrogate pair.
    private mutating func readUnicodeEscape(from start: SourcePosition) throws(JSONReadingStopped) -> Unicode.Scalar? {
        guard let unit = readHexadecimal() else {
            try report(expected: "four hexadecimal digits after \\u", found: shownNext(), at: start)
            return nil
        }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if unit < 0xdc00, next == UInt8(ascii: "\\") {
            advance()
            if next == UInt8(ascii: "u") {
                advance()
                if let low = readHexadecimal(), (0xdc00...0xdfff).contains(low) {
                    return Unicode.Scalar((unit - 0xd800) << 10 + (low - 0xdc00) + 0x10000)
                }
            } else {
                advance()
            }
        }
        let hint = "characters beyond U+FFFF are two escapes, such as \\ud83d\\ude00"
        try report(expected: "a character", found: "half a surrogate pair", hint: hint, at: start)
        return nil
    }

    private mutating func readHexadecimal() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Self.hexadecimalDigit(byte) else { return nil }
            value = value << 4 + digit
            advance()
        }
        return value
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
