extension JSONReader {
    /// Reads letters, digits, `_` and `-`.
    mutating func readBareWord() -> String {
        let start = index
        while let byte = next, Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "-") { advance() }
        return String(decoding: text(from: start), as: UTF8.self)
    }

    /// The value that a bare word stands for.
    static func literal(_ word: String) -> JSONValue.Content? {
        switch word {
        case "true": .bool(true)
        case "false": .bool(false)
        case "null": .null
        default: nil
        }
    }

    /// Reads `true`, `false` or `null`.
    mutating func readWord() throws(JSONReadingStopped) -> JSONValue.Content {
        let start = position
        let word = readBareWord()
        if let value = Self.literal(word) { return value }
        var found = Shown.name(word)
        var hint = "write \(word.lowercased())"
        if Self.literal(word.lowercased()) == nil {
            hint = "texts stand in double quotes" + (hidesText ? "" : ": \(Shown.string(word))")
            if hidesText { found = Self.hidden }
        }
        try report(expected: "a value", found: found, hint: hint, at: start)
        return .invalid
    }

    /// Reads a number.
    mutating func readNumber() throws(JSONReadingStopped) -> JSONValue.Content {
        let place = position
        let start = index
        loop: while let byte = next {
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): advance()
            case _ where Self.isLetter(byte) || Self.isDigit(byte): advance()
            default: break loop
            }
        }
        let text = text(from: start)
        let number = JSONNumber(text: String(decoding: text, as: UTF8.self))
        guard Self.isNumber(text) else {
            try report(
                expected: "a number such as 80 or 0.5",
                found: hidesText ? Self.hidden : number.shown,
                hint: "texts stand in double quotes, and numbers have no leading zero, \"+\" or unit",
                at: place
            )
            return .invalid
        }
        return .number(number)
    }

    /// Whether a text matches the grammar of RFC 8259, section 6.
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = rest.prefix(while: isDigit)
        guard let first = whole.first, whole.count == 1 || first != UInt8(ascii: "0") else { return false }
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count + 1)
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            let exponent = rest.prefix(while: isDigit)
            guard !exponent.isEmpty else { return false }
            rest = rest.dropFirst(exponent.count)
        }
        return rest.isEmpty
    }
}
