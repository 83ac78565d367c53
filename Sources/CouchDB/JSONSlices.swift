/// Splits JSON without decoding it, so that documents stay as they were received.
///
/// It finds where the members of an object and the elements of an array begin and end. Nested values are skipped by their
/// brackets and strings. The decoder of definitions checks the rest.
struct JSONSlices {
    /// Bytes that aren't the JSON that was expected.
    struct Malformed: Error, Hashable {
        let offset: Int
        let expected: String
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// The members of the object that the bytes contain, in order.
    static func members(
        of bytes: [UInt8],
        in range: Range<Int>? = nil
    ) throws(Malformed) -> [(name: String, value: Range<Int>)] {
        var slices = JSONSlices(bytes, in: range)
        var members: [(name: String, value: Range<Int>)] = []
        try slices.list(open: "{", close: "}") { slices throws(Malformed) in
            let name = try slices.skipString()
            try slices.expect(":")
            members.append((try JSONString.decode(bytes, in: name), try slices.skipValue()))
        }
        return members
    }

    /// The elements of the array that the bytes contain.
    static func elements(of bytes: [UInt8], in range: Range<Int>? = nil) throws(Malformed) -> [Range<Int>] {
        var slices = JSONSlices(bytes, in: range)
        var elements: [Range<Int>] = []
        try slices.list(open: "[", close: "]") { slices throws(Malformed) in
            elements.append(try slices.skipValue())
        }
        return elements
    }

    private mutating func list(
        open: Unicode.Scalar,
        close: Unicode.Scalar,
        element: (inout JSONSlices) throws(Malformed) -> Void
    ) throws(Malformed) {
        try expect(open)
        skipWhitespace()
        if peek() == UInt8(ascii: close) {
            position += 1
        } else {
            while true {
                try element(&self)
                skipWhitespace()
                guard peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
            try expect(close)
        }
        skipWhitespace()
        guard position == end else { throw malformed("nothing after the closing \(close)") }
    }

    private mutating func skipValue() throws(Malformed) -> Range<Int> {
        skipWhitespace()
        let start = position
        var closers: [UInt8] = []
        repeat {
            skipWhitespace()
            switch peek() {
            case UInt8(ascii: "\""): _ = try skipString()
            case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}")); position += 1
            case UInt8(ascii: "["): closers.append(UInt8(ascii: "]")); position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard let closer = closers.popLast(), closer == peek() else { throw malformed("a value") }
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard !closers.isEmpty else { throw malformed("a value") }
                position += 1
            default: try skipLiteral()
            }
        } while !closers.isEmpty
        return start..<position
    }

    /// Numbers, `true`, `false` and `null`.
    private mutating func skipLiteral() throws(Malformed) {
        let start = position
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
                position += 1
            default:
                guard position > start else { throw malformed("a value") }
                return
            }
        }
        guard position > start else { throw malformed("a value") }
    }

    /// The range of a string with its quotation marks.
    private mutating func skipString() throws(Malformed) -> Range<Int> {
        try expect("\"")
        let start = position - 1
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "\"") { return start..<position }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        throw malformed("the end of a string")
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
        skipWhitespace()
        guard peek() == UInt8(ascii: character) else { throw malformed("\(character)") }
        position += 1
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private func peek() -> UInt8? { position < end ? bytes[position] : nil }

    private func malformed(_ expected: String) -> Malformed { Malformed(offset: position, expected: expected) }
}
