/// The tables of one address family, as `iptables-save` or `ip6tables-save` prints them.
package struct NetfilterRuleset: Hashable, Sendable {
    /// The rules by table, then by chain.
    ///
    /// A chain without rules is there, and empty.
    package private(set) var tables: [String: [String: [NetfilterRule]]] = [:]

    /// Parses the output of `iptables-save`; comments, counters and lines it doesn't know are skipped.
    ///
    /// - Parameter text: The output.
    package init(_ text: String) {
        var table = ""
        for line in text.split(whereSeparator: \.isNewline) {
            switch line.first {
            case "*":
                table = String(line.dropFirst())
            case ":":
                let name = line.dropFirst().prefix { $0 != " " }
                tables[table, default: [:]][String(name), default: []] = []
            case "-":
                let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
                guard parts.count >= 2, parts[0] == "-A" else { continue }
                let rule = NetfilterRule(parts.count == 3 ? parts[2] : "")
                tables[table, default: [:]][String(parts[1]), default: []].append(rule)
            default:
                continue
            }
        }
    }

    /// The rules of a table's chain; nil when there is no such chain.
    package func rules(of chain: String, in table: String) -> [NetfilterRule]? { tables[table]?[chain] }

    /// Whether Docker has put its rules here rather than into the other variant of iptables.
    package var isDockers: Bool {
        rules(of: "DOCKER", in: "nat") != nil || rules(of: "DOCKER-USER", in: "filter") != nil
    }
}
