package import Addresses

/// The tables of one address family, as `iptables-save` or `ip6tables-save` prints them.
package struct NetfilterRuleset: Hashable, Sendable {
    /// The rules by table, then by chain.
    ///
    /// A chain without rules is included, and empty.
    package private(set) var tables: [String: [String: [NetfilterRule]]] = [:]

    /// Parses the output of `iptables-save`.
    ///
    /// Comments, counters and unknown lines are skipped.
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

    /// Whether Docker's rules are here rather than in the other variant of iptables.
    package var isDockers: Bool {
        rules(of: "DOCKER", in: "nat") != nil || rules(of: "DOCKER-USER", in: "filter") != nil
    }

    /// The bridges that Docker has rules for: `-o BRIDGE -j DOCKER`, in `FORWARD` or in a chain of its own.
    var dockerBridges: Set<String> {
        let rules = (tables["filter"] ?? [:]).values.joined().filter { $0.target == "DOCKER" }
        return Set(rules.compactMap { $0.value(of: "-o").map(String.init) })
    }

    /// Whether ufw is on, by the chain that ufw itself checks.
    ///
    /// ufw's unit also runs while ufw is off.
    package var hasUFW: Bool { ufwChain("user-input") != nil }

    /// Whether ufw lets any other machine reach a service address: by a rule, or because it accepts everything.
    package func isAdmittedByUFW(_ address: ServiceAddress) -> Bool {
        if ufwChain("skip-to-policy-input")?.contains(where: { $0.target == "ACCEPT" }) == true { return true }
        return ufwChain("user-input")?.contains { $0.admits(address) } ?? true
    }

    private func ufwChain(_ name: String) -> [NetfilterRule]? {
        rules(of: "ufw-\(name)", in: "filter") ?? rules(of: "ufw6-\(name)", in: "filter")
    }
}

extension NetfilterRule {
    /// Whether this rule of ufw matches requests to a service address and accepts them, from any source.
    fileprivate func admits(_ address: ServiceAddress) -> Bool {
        guard target == "ACCEPT" || target == "ufw-user-limit-accept" else { return false }
        if let transport = value(of: "-p"), transport != "\(address.transport)" { return false }
        if let destination = value(of: "-d") {
            let isAddress = destination == "\(address.endpoint.address)"
            guard isAddress || Subnet(destination)?.contains(address.endpoint.address) == true else { return false }
        }
        guard let ports = value(of: "--dport") ?? value(of: "--dports") else { return true }
        return ports.split(separator: ",").contains { range in
            let ends = range.split(separator: ":").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last else { return false }
            return first <= last && (first...last).contains(Int(address.endpoint.port.rawValue))
        }
    }
}
