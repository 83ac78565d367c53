/// JSON as YAML (<https://yaml.org/spec/1.2.2>), which is read more easily.
package enum YAMLText {
    /// A JSON document as YAML, without a line feed at its end; nil when it isn't JSON.
    package static func text(of document: some Collection<UInt8>) -> String? {
        let (value, problems) = JSONReader.read(document)
        guard let value, problems.isEmpty else { return nil }
        return lines(value).joined(separator: "\n")
    }

    private static func lines(_ value: JSONValue) -> [String] {
        switch value.content {
        case .array(let elements) where !elements.isEmpty:
            return elements.flatMap { element in
                let lines = lines(element)
                return ["- " + lines[0]] + lines.dropFirst().map { "  " + $0 }
            }
        case .object(let members) where !members.isEmpty:
            return members.flatMap { member in
                let key = scalar(member.key)
                guard member.value.isContainer else { return ["\(key): \(lines(member.value)[0])"] }
                let inner = lines(member.value)
                if inner == ["[]"] || inner == ["{}"] { return ["\(key): \(inner[0])"] }
                return ["\(key):"] + inner.map { "  " + $0 }
            }
        case .array: return ["[]"]
        case .object: return ["{}"]
        case .string(let text): return [scalar(text)]
        case .number(let number): return [number.text]
        case .bool(let value): return ["\(value)"]
        case .null, .invalid: return ["null"]
        }
    }

    /// A text as it is where nothing else can be read in it, or else in double quotes, as JSON has them.
    private static func scalar(_ text: String) -> String {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isPlain =
            text.utf8.first.map { JSONReader.isLetter($0) || $0 == UInt8(ascii: "/") } == true
            && text.utf8.allSatisfy { JSONReader.isLetter($0) || JSONReader.isDigit($0) || "-./".utf8.contains($0) }
            && !words.contains(text.lowercased())
        return isPlain ? text : DocumentText.quoted(text)
    }
}
