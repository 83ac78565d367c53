/// A JSON value as CouchDB keeps it: members in their order, integers of any size, integers and floats apart.
package indirect enum StandInCouchDBJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The decimal digits with an optional minus sign.
    case integer(String)
    case float(Double)
    case string(String)
    case array([StandInCouchDBJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package var value: StandInCouchDBJSON

        package init(_ name: String, _ value: StandInCouchDBJSON) {
            self.name = name
            self.value = value
        }
    }

    package static func int(_ value: Int) -> Self { .integer(String(value)) }

    package subscript(name: String) -> StandInCouchDBJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var array: [StandInCouchDBJSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension StandInCouchDBJSON {
    /// The text as CouchDB's encoder (jiffy) writes it: no spaces, raw UTF-8, floats always with a point or an exponent.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let digits): text += digits
        case .float(let value): text += Self.float(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func float(_ value: Double) -> String {
        let text = "\(value)"
        // Swift writes 1e-07 where jiffy writes 1e-7.
        guard let exponent = text.firstIndex(of: "e") else { return text }
        let digits = Int(text[text.index(after: exponent)...]) ?? 0
        return "\(text[..<exponent])e\(digits)"
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
                text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
