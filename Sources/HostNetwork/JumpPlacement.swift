/// The position of the jump to our chain in the chain that calls it.
///
/// Jumps to other chains may be above ours, so that two programs that want to be first don't compete.
struct JumpPlacement {
    /// What our jump must come before.
    enum Obstacles {
        /// Every rule that decides about a packet: Docker puts its masquerading rules on top of POSTROUTING at every start and
        /// with every new network, and DOCKER-USER may end in RETURN.
        case decisions
        /// The same, and Docker's own chains, one of which isolates its networks.
        case isolation
        /// Only Docker's rules against direct routing. The jump is put directly before the first of them: rules of an operator
        /// above them, for example to drop an attacker's packets, still decide first.
        case directRoutingDrops
        /// The chains of ufw. Rules of an operator above them still decide first.
        case ufw

        func contains(_ rule: NetfilterRule) -> Bool {
            switch self {
            case .decisions: rule.isFinal
            case .isolation:
                rule.isFinal || (rule.target?.hasPrefix("DOCKER") == true && rule.target != "DOCKER-USER")
            case .directRoutingDrops: rule.isAgainstDirectRouting
            case .ufw: rule.target?.hasPrefix("ufw") ?? false
            }
        }
    }

    /// Our chains, the one that is jumped to first.
    private let ours: [String]

    /// The chain to jump from; nil for no jump.
    private let parent: String?

    private let obstacles: Obstacles

    init(to ours: [String], from parent: String?, before obstacles: Obstacles) {
        self.ours = ours
        self.parent = parent
        self.obstacles = obstacles
    }

    /// The lines that insert the jump at its position, and remove all other jumps of ours from a table's chains.
    func edits(_ chains: [String: [NetfilterRule]]) -> (deletions: [String], insertions: [String]) {
        let jump = NetfilterRule("-j \(ours[0])")
        var deletions: [String] = []
        var isInPlace = parent == nil
        for (name, rules) in chains.sorted(by: { $0.key < $1.key }) where !ours.contains(name) {
            let jumps = rules.filter(isJump)
            if name == parent, jumps == [jump], let position = rules.firstIndex(of: jump),
                !rules[..<position].contains(where: obstacles.contains)
            {
                isInPlace = true
            } else {
                deletions += jumps.map { "-D \(name) \($0.text)" }
            }
        }
        guard !isInPlace, let parent else { return (deletions, []) }
        return (deletions, ["-I \(parent) \(position(in: chains[parent] ?? [])) -j \(ours[0])"])
    }

    /// The number that our jump gets once all jumps of ours are deleted, counted from 1.
    private func position(in rules: [NetfilterRule]) -> Int {
        switch obstacles {
        case .decisions, .isolation: 1
        case .directRoutingDrops, .ufw: 1 + rules.filter { !isJump($0) }.prefix { !obstacles.contains($0) }.count
        }
    }

    private func isJump(_ rule: NetfilterRule) -> Bool { rule.target.map(ours.contains) ?? false }
}
