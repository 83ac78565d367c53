/// The parts of a unit file that the generator needs (systemd.syntax(7)).
struct UnitText {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The programs of the `ExecStart=` lines in the section [Service]; nil for an empty line, which resets those before it.
    var programs: [String?] {
        var programs: [String?] = []
        var isInService = false
        for line in joinedLines {
            if line.hasPrefix("[") {
                isInService = line == "[Service]"
            } else if isInService, let equals = line.firstIndex(of: "="), Self.trimmed(line[..<equals]) == "ExecStart" {
                programs.append(Self.program(Self.trimmed(line[line.index(after: equals)...])))
            }
        }
        return programs
    }

    /// The lines, without comments and surrounding blanks; continued lines are joined.
    private var joinedLines: [String] {
        var lines: [String] = []
        var isContinued = false
        // By bytes, because CR LF is one character.
        for rawLine in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Self.trimmed(Substring(rawLine))
            // A comment may be between the parts of a continued line.
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            let part = line.hasSuffix("\\") ? String(line.dropLast()) + " " : line
            if isContinued, let last = lines.indices.last {
                lines[last] += part
            } else {
                lines.append(part)
            }
            isContinued = line.hasSuffix("\\")
        }
        return lines.map { Self.trimmed($0[...]) }
    }

    /// The first word of a command line, without prefix characters (systemd.service(5)) and quotes.
    private static func program(_ command: String) -> String? {
        let start = command.drop { "@-:+!|".contains($0) }
        guard let first = start.first else { return nil }
        if first == "\"" || first == "'" { return String(start.dropFirst().prefix { $0 != first }) }
        return String(start.prefix { $0 != " " && $0 != "\t" })
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
