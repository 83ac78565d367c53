package import Addresses

/// The netfilter rules that one address family needs, and the update that leads to them.
///
/// A connection through IPVS in NAT mode keeps the service address as its original destination, by which these rules
/// recognize it (`net.ipv4.vs.conntrack=1`). Its requests pass INPUT → OUTPUT → POSTROUTING, its replies pass FORWARD:
///
/// - A client on a real server's own bridge, including the real server itself, is masqueraded: otherwise the reply would go
///   straight to it, from an address that it didn't connect to.
/// - Every other client keeps its address; Docker's own masquerading, further down in POSTROUTING, is skipped.
/// - Replies to another Docker network are accepted, because Docker isolates its networks from each other.
/// - Where Docker has rules against direct routing (28 and later, in `raw` PREROUTING), a reply to another network looks like
///   direct routing, because IPVS gives it the service's address only later. It is accepted by its source, because connections
///   aren't known there yet. Requests to the service addresses are accepted, too.
/// - Where ufw drops what isn't allowed, requests from Docker's networks are accepted, as a port that Docker publishes is open
///   to them, too. What other machines may reach is left to ufw.
package struct NetfilterPlan: Hashable, Sendable {
    /// Our chain's name, in the tables `nat`, `filter` and `raw`.
    package static let chain = "SERVICE-MANAGER"

    /// Our second chain in the table `nat`.
    ///
    /// It decides which source address a connection gets.
    package static let sourceChain = "SERVICE-MANAGER-SOURCE"

    /// Our chain in the table `filter` for packets from Docker's networks, which is called before ufw's chains.
    package static let inputChain = "SERVICE-MANAGER-INPUT"

    /// The chain that it calls for each of those networks: the requests that are accepted.
    package static let requestChain = "SERVICE-MANAGER-REQUESTS"

    /// The rules of our chains by table, then by chain; empty when nothing is needed.
    private let tables: [Table]

    /// The requests to service addresses, as matches.
    private let requests: [String]

    /// The servers' bridges, by interface.
    private let bridges: Set<String>

    /// The rules' address family.
    package let family: IPAddress.Family

    /// Computes the rules.
    ///
    /// - Parameters:
    ///   - family: IPv4 or IPv6; the plan's parts of the other family are left out.
    ///   - plan: The service addresses and server bridges.
    package init(_ family: IPAddress.Family, _ plan: HostNetworkPlan) {
        self.family = family
        let addresses = plan.addresses.filter { $0.endpoint.address.family == family }.sorted()
        let bridges = plan.bridges.filter { $0.subnet.address.family == family }.sorted()
        guard !addresses.isEmpty, !bridges.isEmpty else {
            tables = []
            requests = []
            self.bridges = []
            return
        }
        requests = addresses.map(Self.request)
        self.bridges = Set(bridges.map(\.interface))
        let connections = addresses.map { "\(Self.match($0)) -j \(Self.sourceChain)" }
        let replies = addresses.map { "\(Self.match($0, reply: true)) -j ACCEPT" }
        let sources = bridges.map { "-s \($0.subnet) -o \($0.interface) -j MASQUERADE" } + ["-j ACCEPT"]
        tables = [
            Table(
                name: "nat",
                chains: [
                    Chain(name: Self.chain, rules: connections), Chain(name: Self.sourceChain, rules: sources),
                ]
            ),
            Table(name: "filter", chains: [Chain(name: Self.chain, rules: replies)]),
            Table(name: "raw", chains: [Chain(name: Self.chain, rules: Self.unrouted(addresses, plan))]),
        ]
    }

    /// The rules for what looks like direct routing in `raw`, but isn't.
    private static func unrouted(_ addresses: [ServiceAddress], _ plan: HostNetworkPlan) -> [String] {
        let requests = addresses.map { "\(request($0)) -j ACCEPT" }
        let family = addresses.first?.endpoint.address.family
        let destinations = plan.destinations.filter { $0.endpoint.address.family == family }.sorted()
        let replies = destinations.map { server in
            let (name, endpoint) = (server.transport, server.endpoint)
            return "-s \(endpoint.address) -i \(server.bridge) -p \(name) -m \(name) --sport \(endpoint.port) -j ACCEPT"
        }
        return requests + replies
    }

    private static func request(_ address: ServiceAddress) -> String {
        let (name, endpoint) = (address.transport, address.endpoint)
        return "-d \(endpoint.address) -p \(name) -m \(name) --dport \(endpoint.port)"
    }

    private static func match(_ address: ServiceAddress, reply: Bool = false) -> String {
        "-p \(address.transport) -m conntrack" + (reply ? " --ctstate ESTABLISHED" : "")
            + " --ctorigdst \(address.endpoint.address) --ctorigdstport \(address.endpoint.port)"
            + (reply ? " --ctdir REPLY" : "")
    }

    /// Whether no rule is needed.
    package var isEmpty: Bool { tables.isEmpty }

    /// The update of the present rules.
    ///
    /// - Parameter current: All rules of this family.
    /// - Returns: The input of `iptables-restore --noflush`; nil when nothing differs.
    package func update(_ current: NetfilterRuleset) -> NetfilterUpdate? {
        var script = ""
        var changed: [String] = []
        for table in ["nat", "filter", "raw"] {
            let isNeeded = table != "raw" || Self.isRoutingRestricted(current)
            var chains = isNeeded ? tables.first { $0.name == table }?.chains ?? [] : []
            if table == "filter", current.hasUFW, !chains.isEmpty { chains += incoming(current) }
            let lines = Self.update(table, to: chains, from: current)
            guard !lines.isEmpty else { continue }
            changed.append(table)
            script += (["*\(table)"] + lines + ["COMMIT"]).joined(separator: "\n") + "\n"
        }
        return changed.isEmpty ? nil : NetfilterUpdate(script: script, tables: changed)
    }

    /// The chains for packets from Docker's networks: those of the servers, and all others that Docker has rules for.
    private func incoming(_ current: NetfilterRuleset) -> [Chain] {
        let networks = bridges.union(current.dockerBridges).sorted()
        return [
            Chain(name: Self.requestChain, rules: requests.map { "\($0) -j ACCEPT" }),
            Chain(name: Self.inputChain, rules: networks.map { "-i \($0) -j \(Self.requestChain)" }),
        ]
    }

    private static func update(
        _ table: String,
        to chains: [Chain],
        from current: NetfilterRuleset
    ) -> [String] {
        let found = current.tables[table] ?? [:]
        let needed = Set(chains.map(\.name))
        let edits = placements(in: table, needed, current).map { $0.edits(found) }
        let moves = edits.flatMap(\.deletions) + edits.flatMap(\.insertions)
        let surplus = [chain, sourceChain, inputChain, requestChain].filter { found[$0] != nil && !needed.contains($0) }
        // A chain can be deleted only when nothing refers to it, so rules come first, then chains.
        let removals = surplus.map { "-F \($0)" } + surplus.map { "-X \($0)" }
        let isFilled = chains.allSatisfy { found[$0.name] == $0.rules.map { rule in NetfilterRule(rule) } }
        guard !isFilled else { return moves + removals }
        // With --noflush, naming a chain creates it, or empties it if it exists.
        let filling =
            chains.map { ":\($0.name) - [0:0]" }
            + chains.flatMap { chain in chain.rules.map { "-A \(chain.name) \($0)" } }
        return filling + moves + removals
    }

    /// Where our chains in a table are called; without a parent when they aren't needed.
    private static func placements(
        in table: String,
        _ needed: Set<String>,
        _ current: NetfilterRuleset
    ) -> [JumpPlacement] {
        let parent = parent(in: table, of: current)
        let main = JumpPlacement(
            to: [chain, sourceChain],
            from: needed.contains(chain) ? parent : nil,
            before: table == "raw" ? .directRoutingDrops : parent == "FORWARD" ? .isolation : .decisions
        )
        guard table == "filter" else { return [main] }
        let incoming = JumpPlacement(
            to: [inputChain, requestChain],
            from: needed.contains(inputChain) ? "INPUT" : nil,
            before: .ufw
        )
        return [main, incoming]
    }

    /// The chain that ours is called from: DOCKER-USER, which Docker leaves alone.
    ///
    /// It is FORWARD if there is no DOCKER-USER, or if nothing calls it because somebody has flushed the table and Docker
    /// hasn't noticed yet.
    ///
    /// It is also FORWARD if Docker calls another chain of its own before DOCKER-USER, which may drop packets between networks.
    /// Docker 27.3 does that when DOCKER-USER exists before it starts (moby's issue 48560).
    private static func parent(in table: String, of current: NetfilterRuleset) -> String {
        guard table != "raw" else { return "PREROUTING" }
        guard table == "filter" else { return "POSTROUTING" }
        let first = current.rules(of: "FORWARD", in: table)?.first { $0.target?.hasPrefix("DOCKER") == true }
        let exists = current.rules(of: "DOCKER-USER", in: table) != nil
        return exists && first?.target == "DOCKER-USER" ? "DOCKER-USER" : "FORWARD"
    }

    /// Whether Docker has rules against direct routing.
    ///
    /// Otherwise the table `raw` is left alone, because a kernel may lack it.
    private static func isRoutingRestricted(_ current: NetfilterRuleset) -> Bool {
        current.rules(of: "PREROUTING", in: "raw")?.contains(where: \.isAgainstDirectRouting) ?? false
    }

    private struct Table: Hashable, Sendable {
        var name: String
        var chains: [Chain]
    }

    private struct Chain: Hashable, Sendable {
        var name: String
        var rules: [String]
    }
}

/// The update of one address family's rules.
package struct NetfilterUpdate: Hashable, Sendable {
    /// The input of `iptables-restore --noflush`; each table is replaced at once when it is committed.
    package var script: String

    /// The tables that change.
    package var tables: [String]
}
