extension JSONReader {
    /// Whether the first line that says something is one of YAML: `image: nginx`, `---` or `- nginx`.
    var looksLikeYAML: Bool {
        for line in rest.prefix(4096).split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let first = text.first, first != UInt8(ascii: "#") else { continue }
            if text.starts(with: "---".utf8) || text.starts(with: "- ".utf8) { return true }
            let key = text.prefix { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "-") }
            guard Self.isLetter(first), text.dropFirst(key.count).first == UInt8(ascii: ":") else { return false }
            let after = text.dropFirst(key.count + 1).first
            return after == nil || after == UInt8(ascii: " ") || after == UInt8(ascii: "\r")
        }
        return false
    }
}
