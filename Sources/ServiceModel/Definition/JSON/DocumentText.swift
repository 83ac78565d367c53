/// A document as people read it.
package enum DocumentText {
    /// A JSON document with a member per line, in the order that they came in; nil when it isn't JSON.
    package static func pretty(_ document: some Collection<UInt8>) -> String? {
        let (value, problems) = JSONReader.read(document)
        guard let value, problems.isEmpty else { return nil }
        return text(value, indent: "")
    }

    private static func text(_ value: JSONValue, indent: String) -> String {
        let inner = indent + "  "
        switch value.content {
        case .null, .invalid: return "null"
        case .bool(let value): return "\(value)"
        case .number(let number): return number.text
        case .string(let text): return quoted(text)
        case .array(let elements):
            let texts = elements.map { text($0, indent: inner) }
            let line = "[" + texts.joined(separator: ", ") + "]"
            guard elements.contains(where: \.isContainer) || line.count > 72 else { return line }
            return "[\n" + texts.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let texts = members.map { "\(inner)\(quoted($0.key)): \(text($0.value, indent: inner))" }
            return "{\n" + texts.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// RFC 8259, section 7.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
