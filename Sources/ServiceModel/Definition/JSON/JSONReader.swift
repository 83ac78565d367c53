/// Reads a JSON text (RFC 8259), and reports where it isn't valid.
///
/// The reader is strict. It continues after a mistake whose correction is obvious (an extra or a missing comma, a key without
/// quotes, a value without a key), so that one reading reports more than one problem.
struct JSONReader {
    /// How deep lists and objects may be nested.
    static let maximumDepth = 64

    /// The number of problems after which reading stops.
    static let maximumProblems = 20

    private(set) var problems: [JSONProblem] = []
    private(set) var position = SourcePosition(line: 1, column: 1)
    private let bytes: [UInt8]
    private(set) var index = 0
    var depth = 0
    /// True inside a value that may be secret, and also after it once a problem was found in it: what follows may belong to it.
    private(set) var hidesText = false

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Reads the whole text.
    ///
    /// - Returns: The value, nil when none could be read; and the problems, none when the text is JSON.
    static func read(_ bytes: some Collection<UInt8>) -> (value: JSONValue?, problems: [JSONProblem]) {
        var reader = JSONReader(bytes)
        let value = try? reader.readDocument()
        return (value, reader.problems)
    }

    private mutating func readDocument() throws(JSONReadingStopped) -> JSONValue {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        if looksLikeYAML {
            throw stop(
                expected: "a JSON object, which begins with \"{\"",
                found: "YAML",
                hint: "write it as JSON: {\"image\": \"nginx:latest\", \"port\": 80}"
            )
        }
        try skipSpace()
        let value = try readValue()
        try skipSpace()
        guard next == nil else { throw stop(expected: "the end of the document", found: shownNext()) }
        return value
    }

    /// Reads the value that begins here.
    mutating func readValue() throws(JSONReadingStopped) -> JSONValue {
        let start = position
        return JSONValue(content: try readContent(), position: start)
    }

    private mutating func readContent() throws(JSONReadingStopped) -> JSONValue.Content {
        switch next {
        case UInt8(ascii: "{"): return .object(try readMembers())
        case UInt8(ascii: "["): return .array(try readElements())
        case UInt8(ascii: "\""): return try readString().map { .string($0) } ?? .invalid
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): return try readNumber()
        case .some(let byte) where Self.isDigit(byte): return try readNumber()
        case .some(let byte) where Self.isLetter(byte): return try readWord()
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
            try report(expected: "a value", found: shownNext())
            return .invalid
        case nil where depth == 0: throw stop(expected: "a JSON object", found: "an empty document")
        default: throw stop(expected: "a value", found: shownNext(), hint: hintForNext())
        }
    }
}

// MARK: - Bytes

extension JSONReader {
    /// The next byte; nil at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// What hasn't been read yet.
    var rest: ArraySlice<UInt8> { bytes[index...] }

    /// Skips the next byte, if there is one.
    mutating func advance() {
        guard let byte = next else { return }
        index += 1
        if byte == UInt8(ascii: "\n") {
            position = SourcePosition(line: position.line + 1, column: 1)
        } else if byte & 0xc0 != 0x80 {
            position.column += 1
        }
    }

    /// Skips white space.
    ///
    /// A comment stops the reading.
    mutating func skipSpace() throws(JSONReadingStopped) {
        while let byte = next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): advance()
            case UInt8(ascii: "/"), UInt8(ascii: "#"):
                throw stop(expected: nil, found: "a comment", hint: "JSON has none; put it into a \"comment\" field")
            default: return
            }
        }
    }

    /// The bytes from an index up to here.
    func text(from start: Int) -> ArraySlice<UInt8> { bytes[start..<index] }

    /// The next character, as it is shown after the word "found".
    func shownNext() -> String {
        guard let byte = next else { return "the end of the document" }
        guard byte > 0x20, byte != 0x7f else { return "byte 0x\(String(byte, radix: 16))" }
        if hidesText, !Self.isPunctuation(byte) { return Self.hidden }
        let rest = bytes[index...].prefix(while: { Self.isLetter($0) || Self.isDigit($0) }).prefix(20)
        if !rest.isEmpty { return String(decoding: rest, as: UTF8.self) }
        let scalar = String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars.first
        guard let scalar, scalar != "\u{fffd}" else { return "byte 0x\(String(byte, radix: 16)), which isn't UTF-8" }
        return Shown.string(String(scalar))
    }

    private func hintForNext() -> String? {
        switch next {
        case UInt8(ascii: "'"): "JSON puts texts and keys in double quotes"
        case 0xe2: "JSON puts texts and keys in plain double quotes (\")"
        default: nil
        }
    }

    /// What is shown instead of a text that may be secret.
    static let hidden = "something else (not shown: it may be secret)"

    /// Whether a byte is punctuation of JSON, which reveals no content.
    private static func isPunctuation(_ byte: UInt8) -> Bool { "{}[]:,\"'".utf8.contains(byte) }

    /// Reads the value of a key.
    ///
    /// Nothing under `environment` is ever shown, because it may be a password.
    mutating func readValue(of key: String) throws(JSONReadingStopped) -> JSONValue {
        guard !hidesText, depth == 1, key.lowercased().hasPrefix("env") else { return try readValue() }
        let before = problems.count
        hidesText = true
        let value = try readValue()
        try skipSpace()
        // A quote or a brace in a password seems to end the value. What comes next may be the rest of the password.
        let isFollowed = next == nil || next == UInt8(ascii: ",") || next == UInt8(ascii: "}")
        hidesText = problems.count > before || !isFollowed
        return value
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

// MARK: - Problems

extension JSONReader {
    /// Reports a problem; too many stop the reading.
    mutating func report(
        expected: String?,
        found: String,
        hint: String? = nil,
        at place: SourcePosition? = nil,
        keyless: JSONValue? = nil
    ) throws(JSONReadingStopped) {
        problems.append(
            JSONProblem(
                expected: expected,
                found: found,
                hint: hint,
                position: place ?? position,
                keyless: keyless,
                depth: depth
            )
        )
        if problems.count >= Self.maximumProblems { throw JSONReadingStopped() }
    }

    /// Reports a problem after which reading can't continue.
    mutating func stop(
        expected: String?,
        found: String,
        hint: String? = nil,
        at place: SourcePosition? = nil
    ) -> JSONReadingStopped {
        problems.append(
            JSONProblem(expected: expected, found: found, hint: hint, position: place ?? position, depth: depth)
        )
        return JSONReadingStopped()
    }
}
