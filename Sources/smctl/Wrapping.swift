/// Breaks text into lines that fit.
enum Wrapping {
    /// The lines of a text, the second and later ones indented.
    ///
    /// - Parameters:
    ///   - text: Without line feeds.
    ///   - width: How many columns there are; nil: as many as it takes.
    ///   - first: How many columns of the first line are taken already, by what the caller puts in front.
    ///   - indent: How many columns later lines are indented by.
    /// - Returns: At least one line.
    static func lines(_ text: String, width: Int?, first: Int = 0, indent: Int = 0) -> [String] {
        guard let width, first + text.count > width else { return [text] }
        var lines: [String] = []
        var rest = Substring(text)
        var room = width - first
        // A terminal that is hardly wider than the indentation gets none.
        let isNarrow = width < indent + 20
        let margin = isNarrow ? "" : String(repeating: " ", count: indent)
        while rest.count > max(1, room) {
            let head = rest.prefix(max(1, room) + 1)
            var end = head.lastIndex(of: " ") ?? head.index(before: head.endIndex)
            // What can't be broken begins a line of its own, where there is more room.
            if head.lastIndex(of: " ") == nil, lines.isEmpty, first > indent, !isNarrow { end = rest.startIndex }
            lines.append((lines.isEmpty ? "" : margin) + trimmed(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
            room = width - margin.count
        }
        if !rest.isEmpty { lines.append((lines.isEmpty ? "" : margin) + rest) }
        return lines
    }

    /// Parts with two spaces between them, on as many lines as it takes; a part is only broken where it is longer than a line.
    static func lines(parts: [String], width: Int?, first: Int = 0, indent: Int = 0) -> [String] {
        guard let width else { return [parts.joined(separator: "  ")] }
        var lines: [String] = []
        var line = ""
        let margin = String(repeating: " ", count: indent)
        for part in parts {
            let taken = lines.isEmpty ? first : 0
            if line.isEmpty || line == margin {
                line += part
            } else if taken + line.count + 2 + part.count <= width {
                line += "  " + part
            } else {
                lines.append(line)
                line = margin + part
            }
        }
        lines.append(line)
        return lines.enumerated().flatMap { Self.lines($1, width: width, first: $0 == 0 ? first : 0, indent: indent) }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
