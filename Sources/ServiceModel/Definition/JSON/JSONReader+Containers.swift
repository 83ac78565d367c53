extension JSONReader {
    /// Reads an object, from its `{` to its `}`.
    mutating func readMembers() throws(JSONReadingStopped) -> [JSONMember] {
        let start = try enter()
        defer { depth -= 1 }
        var members: [JSONMember] = []
        try skipSpace()
        if next == UInt8(ascii: "}") {
            advance()
            return members
        }
        repeat {
            try skipSpace()
            if let member = try readMember() { members.append(member) }
        } while try !isClosed(by: UInt8(ascii: "}"), openedAt: start)
        return members
    }

    /// Reads a list, from its `[` to its `]`.
    mutating func readElements() throws(JSONReadingStopped) -> [JSONValue] {
        let start = try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        try skipSpace()
        if next == UInt8(ascii: "]") {
            advance()
            return elements
        }
        repeat {
            try skipSpace()
            elements.append(try readValue())
        } while try !isClosed(by: UInt8(ascii: "]"), openedAt: start)
        return elements
    }

    private mutating func enter() throws(JSONReadingStopped) -> SourcePosition {
        let start = position
        guard depth < Self.maximumDepth else {
            throw stop(
                expected: "lists and objects at most \(Self.maximumDepth) deep in each other",
                found: "one more",
                at: start
            )
        }
        depth += 1
        advance()
        return start
    }

    /// Reads the comma or the end that follows a member or an element.
    ///
    /// An extra or a missing comma is reported and skipped.
    private mutating func isClosed(by close: UInt8, openedAt start: SourcePosition) throws(JSONReadingStopped) -> Bool {
        try skipSpace()
        let closing = "\"\(Unicode.Scalar(close))\""
        switch next {
        case close:
            advance()
            return true
        case UInt8(ascii: ","):
            let comma = position
            advance()
            try skipSpace()
            guard next == close else { return false }
            try report(expected: nil, found: "a comma before \(closing)", hint: "remove it", at: comma)
            advance()
            return true
        case nil:
            throw stop(
                expected: "\",\" or \(closing)",
                found: "the end of the document",
                hint: "\(close == UInt8(ascii: "}") ? "the object" : "the list") that begins at \(start) isn't closed"
            )
        case .some(let byte) where Self.canBeginValue(byte):
            try report(expected: "\",\" or \(closing)", found: shownNext(), hint: "a comma seems to be missing")
            return false
        default:
            throw stop(expected: "\",\" or \(closing)", found: shownNext())
        }
    }

    private static func canBeginValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "-"): true
        default: isLetter(byte) || isDigit(byte)
        }
    }

    private mutating func readMember() throws(JSONReadingStopped) -> JSONMember? {
        let start = position
        switch next {
        case UInt8(ascii: ","):
            try report(expected: "a key", found: "a second comma", hint: "remove it")
            return nil
        case UInt8(ascii: "'"):
            throw stop(expected: "a key in double quotes", found: "a single quote")
        case .some(let byte) where Self.isLetter(byte):
            let word = readBareWord()
            try skipSpace()
            guard next == UInt8(ascii: ":") else {
                guard let value = Self.literal(word) else {
                    let found = hidesText ? Self.hidden : Shown.name(word)
                    throw stop(expected: "a key in double quotes", found: found, at: start)
                }
                try reportKeyless(JSONValue(content: value, position: start))
                return nil
            }
            try report(
                expected: "a key in double quotes",
                found: hidesText ? Self.hidden : word,
                hint: hidesText ? nil : "write \(Shown.string(word))",
                at: start
            )
            return try readMember(word, from: start)
        default:
            let key = try readValue()
            try skipSpace()
            guard next == UInt8(ascii: ":") else { return try readWithoutColon(key) }
            guard case .string(let name) = key.content else {
                if key.content != .invalid {
                    try report(expected: "a key in double quotes", found: shown(key), at: start)
                }
                _ = try readMember("", from: start)
                return nil
            }
            return try readMember(name, from: start)
        }
    }

    private mutating func readMember(_ key: String, from start: SourcePosition) throws(JSONReadingStopped) -> JSONMember
    {
        advance()
        try skipSpace()
        return JSONMember(key: key, keyPosition: start, value: try readValue(of: key))
    }

    private mutating func readWithoutColon(_ key: JSONValue) throws(JSONReadingStopped) -> JSONMember? {
        switch next {
        case nil, UInt8(ascii: ","), UInt8(ascii: "}"):
            if key.content != .invalid { try reportKeyless(key) }
            return nil
        default:
            throw stop(expected: "\":\" after \(hidesText ? "a key" : "the key \(key.shown)")", found: shownNext())
        }
    }

    private func shown(_ value: JSONValue) -> String { hidesText ? value.shownKind : value.shown }

    private mutating func reportKeyless(_ value: JSONValue) throws(JSONReadingStopped) {
        let shown = depth == 1 ? shown(value) : value.shownKind
        try report(
            expected: nil,
            found: "value without a key: \(shown)",
            hint: hidesText ? "in an object each value has a key: \"key\": value" : nil,
            at: value.position,
            keyless: hidesText ? nil : value
        )
    }
}
