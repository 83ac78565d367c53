/// How pieces of a document are shown in a sentence: quoted, escaped and shortened.
enum Shown {
    /// How much of a text is shown.
    static let maximumLength = 60

    /// A text in double quotes, with control characters escaped as in JSON (RFC 8259, section 7).
    static func string(_ text: some StringProtocol) -> String {
        let isLong = text.unicodeScalars.count > maximumLength
        return "\"\(escaped(text.unicodeScalars.prefix(maximumLength)))\(isLong ? "…" : "")\""
    }

    /// A name in a path: unchanged if it is a plain word, otherwise as a quoted text.
    static func name(_ text: String) -> String {
        let isPlain =
            text.utf8.count <= maximumLength
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
        return isPlain && !text.isEmpty ? text : string(text)
    }

    /// A list in words: `a, b or c`.
    static func choice(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) or \(last)"
    }

    private static func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var result = String.UnicodeScalarView()
        for scalar in scalars {
            switch scalar {
            case "\"", "\\":
                result.append("\\")
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    let digits = String(scalar.value, radix: 16)
                    let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                    result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
                default: result.append(scalar)
                }
            }
        }
        return String(result)
    }
}
