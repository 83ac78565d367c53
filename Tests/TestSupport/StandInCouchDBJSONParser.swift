/// A strict JSON parser (RFC 8259) that keeps what ``StandInCouchDBJSON`` keeps.
package struct StandInCouchDBJSONParser {
    /// The bytes aren't JSON.
    package struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package static func parse(_ bytes: [UInt8]) throws(Malformed) -> StandInCouchDBJSON {
        var parser = StandInCouchDBJSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipWhitespace()
        guard parser.position == bytes.count else { throw Malformed() }
        return value
    }

    package static func parse(_ text: String) throws(Malformed) -> StandInCouchDBJSON {
        try parse(Array(text.utf8))
    }

    private mutating func value(depth: Int) throws(Malformed) -> StandInCouchDBJSON {
        guard depth < 512 else { throw Malformed() }
        skipWhitespace()
        guard position < bytes.count else { throw Malformed() }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Malformed) -> StandInCouchDBJSON {
        var members: [StandInCouchDBJSON.Member] = []
        position += 1
        if take("}") { return .object([]) }
        repeat {
            skipWhitespace()
            let name = try string()
            guard take(":") else { throw Malformed() }
            let value = try value(depth: depth + 1)
            // Of duplicate names CouchDB keeps the last.
            members.removeAll { $0.name == name }
            members.append(.init(name, value))
        } while take(",")
        guard take("}") else { throw Malformed() }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Malformed) -> StandInCouchDBJSON {
        var elements: [StandInCouchDBJSON] = []
        position += 1
        if take("]") { return .array([]) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw Malformed() }
        return .array(elements)
    }

    private mutating func string() throws(Malformed) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw Malformed() }
        position += 1
        var decoded: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: decoded, as: UTF8.self) else { throw Malformed() }
                return text
            case UInt8(ascii: "\\"): decoded += try escape()
            case 0..<0x20: throw Malformed()
            default: decoded.append(byte)
            }
        }
        throw Malformed()
    }

    private mutating func escape() throws(Malformed) -> [UInt8] {
        guard position < bytes.count else { throw Malformed() }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            let first = try codeUnit()
            guard UTF16.isLeadSurrogate(first) else {
                guard let scalar = Unicode.Scalar(first) else { throw Malformed() }
                return Array(String(Character(scalar)).utf8)
            }
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw Malformed() }
            position += 2
            let second = try codeUnit()
            guard UTF16.isTrailSurrogate(second) else { throw Malformed() }
            return Array(String(decoding: [first, second], as: UTF16.self).utf8)
        default: throw Malformed()
        }
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        guard position + 4 <= bytes.count else { throw Malformed() }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        guard digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else { throw Malformed() }
        position += 4
        return unit
    }

    private mutating func number() throws(Malformed) -> StandInCouchDBJSON {
        let start = position
        var isFloat = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): position += 1
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                isFloat = true
                position += 1
            default: return try number(String(decoding: bytes[start..<position], as: UTF8.self), isFloat: isFloat)
            }
        }
        return try number(String(decoding: bytes[start..<position], as: UTF8.self), isFloat: isFloat)
    }

    private func number(_ text: String, isFloat: Bool) throws(Malformed) -> StandInCouchDBJSON {
        guard let value = Double(text) else { throw Malformed() }
        if isFloat { return .float(value) }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.allSatisfy(\.isNumber), digits == "0" || !digits.hasPrefix("0") else { throw Malformed() }
        return .integer(text == "-0" ? "0" : text)
    }

    private mutating func literal(
        _ text: String,
        _ value: StandInCouchDBJSON
    ) throws(Malformed) -> StandInCouchDBJSON {
        guard bytes[position...].starts(with: text.utf8) else { throw Malformed() }
        position += text.utf8.count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
