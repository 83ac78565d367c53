import TestSupport

/// Makes answers of two servers comparable: what differs between any two CouchDBs is replaced, and nothing else.
enum TranscriptComparison {
    /// Members whose values belong to one server or one moment.
    private static let opaque: Set<String> = [
        "instance_start_time", "uuid", "git_sha", "version", "features", "vendor", "sizes", "ref",
    ]

    /// The comparable form of a body: JSON with opaque values replaced, rows of `_changes` in the order of their ids (that of
    /// shards says nothing), and the line ends around it.
    static func normalized(_ body: String, isFiltered: Bool) -> String {
        guard let json = try? StandInCouchDBJSONParser.parse(body) else { return body }
        let lineEnds = "\(body.split(separator: "\r\n", omittingEmptySubsequences: false).count) lines"
        let end = body.hasSuffix("\n\n") ? "two line feeds" : body.hasSuffix("\n") ? "a line feed" : "nothing"
        return "\(normalized(json, isFiltered: isFiltered).text) in \(lineEnds), then \(end)"
    }

    /// The comparable form of a feed's lines, blank ones left out.
    static func normalizedLines(_ feed: String) -> [String] {
        feed.split(whereSeparator: \.isNewline).map { line in
            guard let json = try? StandInCouchDBJSONParser.parse(String(line)) else {
                return line.replacing(/"\d+-g1AAAA[^"]*"/, with: "\"SEQ\"").description
            }
            return normalized(json, isFiltered: true).text
        }
    }

    /// Pairs the recorded sequence strings with those of the stand-in, row by row.
    static func sequences(recorded: String, answered: String) -> [String: String] {
        let (left, right) = (bySequenceOwner(recorded), bySequenceOwner(answered))
        return left.reduce(into: [:]) { pairs, entry in pairs[entry.value] = right[entry.key] }
    }

    private static func bySequenceOwner(_ text: String) -> [String: String] {
        var owners: [String: String] = [:]
        let values =
            (try? StandInCouchDBJSONParser.parse(text)).map { [$0] }
            ?? text.split(whereSeparator: \.isNewline)
            .compactMap { try? StandInCouchDBJSONParser.parse(String($0)) }
        for value in values {
            owners["last"] = value["last_seq"]?.string ?? value["update_seq"]?.string ?? owners["last"]
            for row in (value["results"]?.array ?? []) + [value] {
                if let id = row["id"]?.string { owners["row " + id] = row["seq"]?.string }
            }
        }
        return owners
    }

    private static func normalized(_ json: StandInCouchDBJSON, isFiltered: Bool) -> StandInCouchDBJSON {
        switch json {
        case .string(let text):
            return text.wholeMatch(of: /\d+-g1AAAA.*/) == nil ? json : .string("SEQ")
        case .array(let elements): return .array(elements.map { normalized($0, isFiltered: isFiltered) })
        case .object(let members):
            return .object(
                members.map { member in
                    if opaque.contains(member.name) { return .init(member.name, .string("OPAQUE")) }
                    // With a filter, CouchDB counts what it hasn't looked at.
                    if isFiltered, member.name == "pending" { return .init(member.name, .string("OPAQUE")) }
                    var value = normalized(member.value, isFiltered: isFiltered)
                    if member.name == "results", let rows = value.array {
                        value = .array(rows.sorted { ($0["id"]?.string ?? "") < ($1["id"]?.string ?? "") })
                    }
                    return .init(member.name, value)
                }
            )
        case .null, .bool, .integer, .float: return json
        }
    }
}
