/// Where the jump to our chain stands in the chain that calls it.
///
/// It must come before the first rule that settles a packet's fate: Docker puts its masquerading rules on top of
/// POSTROUTING at every start and with every new network, and DOCKER-USER may end in RETURN. Jumps to other chains may
/// stand above ours, so that two programs that want to be first don't fight.
struct JumpPlacement {
    /// Our chains, the one that is jumped to first.
    private let ours: [String]

    /// The chain to jump from; nil when there is to be no jump.
    private let parent: String?

    init(to ours: [String], from parent: String?) {
        self.ours = ours
        self.parent = parent
    }

    /// The lines that put the jump in its place among a table's chains, and take out all others.
    func edits(_ chains: [String: [NetfilterRule]]) -> (deletions: [String], insertions: [String]) {
        let jump = NetfilterRule("-j \(ours[0])")
        var deletions: [String] = []
        var isInPlace = parent == nil
        for (name, rules) in chains.sorted(by: { $0.key < $1.key }) where !ours.contains(name) {
            let jumps = rules.filter { $0.target.map(ours.contains) ?? false }
            if name == parent, jumps == [jump], let position = rules.firstIndex(of: jump),
                !rules[..<position].contains(where: \.isFinal)
            {
                isInPlace = true
            } else {
                deletions += jumps.map { "-D \(name) \($0.text)" }
            }
        }
        guard !isInPlace, let parent else { return (deletions, []) }
        return (deletions, ["-I \(parent) 1 -j \(ours[0])"])
    }
}
