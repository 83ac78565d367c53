/// A value of a JSON text (RFC 8259), with its position.
struct JSONValue: Hashable, Sendable {
    /// What the value is.
    indirect enum Content: Hashable, Sendable {
        case null
        case bool(Bool)
        case number(JSONNumber)
        case string(String)
        case array([JSONValue])
        case object([JSONMember])
        /// Not JSON; a problem about it was reported.
        case invalid
    }

    var content: Content
    var position: SourcePosition
}

/// One member of an object; a key can come more than once.
struct JSONMember: Hashable, Sendable {
    var key: String
    var keyPosition: SourcePosition
    var value: JSONValue
}

extension JSONValue {
    /// Whether other values are in it.
    var isContainer: Bool {
        switch content {
        case .array, .object: true
        case .null, .bool, .number, .string, .invalid: false
        }
    }

    /// The value as it is shown after the word "found": texts and numbers unchanged, but shortened.
    var shown: String {
        switch content {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let number): number.shown
        case .string(let text): Shown.string(text)
        case .array(let values):
            values.isEmpty ? "an empty list" : "a list of \(values.count) \(values.count == 1 ? "value" : "values")"
        case .object(let members):
            members.isEmpty
                ? "an empty object" : "an object with \(members.count) \(members.count == 1 ? "field" : "fields")"
        case .invalid: "what isn't JSON"
        }
    }

    /// The kind of value, without any of its content, for values that may be secret.
    var shownKind: String {
        switch content {
        case .null, .bool, .array, .object, .invalid: shown
        case .number: "a number"
        case .string(let text): text.isEmpty ? "an empty text" : "a text"
        }
    }
}
