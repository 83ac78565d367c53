/// What a member of a JSON body must be.
package enum JSONExpectation: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Compared by value: `1` and `1.0` are equal.
    case number(Double)
    case text(String)
    /// An object with at least these members.
    case object([String: JSONExpectation])
}

extension JSONExpectation {
    /// The value as JSON.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let value): Int(exactly: value).map { String($0) } ?? String(value)
        case .text(let text): Shown.string(text)
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(Shown.string($0.key)): \($0.value.description)" }.joined(separator: ", "))}"
        }
    }

    /// How a JSON text differs from an object with these members; nil when it has them.
    ///
    /// - Parameters:
    ///   - members: The members that it must have.
    ///   - json: A JSON text (RFC 8259).
    /// - Returns: What was expected and what was found, for a person.
    package static func difference(of members: [String: JSONExpectation], in json: some Collection<UInt8>) -> String? {
        let (value, problems) = JSONReader.read(json)
        guard problems.isEmpty, let value else { return "expected a JSON body, found \(shown(json))" }
        return difference(of: members, in: value, path: "")
    }

    private static func difference(
        of members: [String: JSONExpectation],
        in value: JSONValue,
        path: String
    ) -> String? {
        guard case .object(let found) = value.content else {
            return "expected \(path.isEmpty ? "a JSON object" : "\(path): an object"), found \(value.shown)"
        }
        for (key, expected) in members.sorted(by: { $0.key < $1.key }) {
            let place = path.isEmpty ? Shown.name(key) : "\(path).\(Shown.name(key))"
            guard let member = found.last(where: { $0.key == key })?.value else {
                return "expected \(place): \(expected.description), found no such member"
            }
            if let difference = expected.difference(in: member, path: place) { return difference }
        }
        return nil
    }

    private func difference(in value: JSONValue, path: String) -> String? {
        if case .object(let members) = self { return Self.difference(of: members, in: value, path: path) }
        let isSame =
            switch (self, value.content) {
            case (.null, .null): true
            case (.bool(let expected), .bool(let found)): expected == found
            case (.number(let expected), .number(let found)): expected == found.double
            case (.text(let expected), .string(let found)): expected == found
            case (.null, _), (.bool, _), (.number, _), (.text, _), (.object, _): false
            }
        return isSame ? nil : "expected \(path): \(description), found \(value.shown)"
    }

    private static func shown(_ bytes: some Collection<UInt8>) -> String {
        bytes.isEmpty ? "an empty one" : Shown.string(String(decoding: bytes.prefix(240), as: UTF8.self))
    }
}
