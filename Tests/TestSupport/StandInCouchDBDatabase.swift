/// One database of the stand-in: documents with their trees of revisions, and the sequence of their latest changes.
struct StandInCouchDBDatabase: Sendable {
    struct Node: Sendable {
        let parent: StandInCouchDBRevision?
        /// The members that don't begin with `_`; nil for a revision that was compacted or never sent.
        var body: StandInCouchDBJSON?
        let isDeleted: Bool
    }

    struct Document: Sendable {
        var sequence = 0
        var nodes: [StandInCouchDBRevision: Node] = [:]

        /// The ends of all branches, the winner first: not deleted before deleted, then by generation and hash.
        var leaves: [StandInCouchDBRevision] {
            let parents = Set(nodes.values.compactMap(\.parent))
            return nodes.keys.filter { !parents.contains($0) }.sorted { left, right in
                let (isLeftDeleted, isRightDeleted) = (isDeleted(left), isDeleted(right))
                return isLeftDeleted == isRightDeleted ? left > right : isRightDeleted
            }
        }

        var isDeleted: Bool { leaves.first.map(isDeleted) ?? true }

        func isDeleted(_ revision: StandInCouchDBRevision) -> Bool { nodes[revision]?.isDeleted ?? false }

        /// A revision and its ancestors, newest first.
        func history(of revision: StandInCouchDBRevision) -> [StandInCouchDBRevision] {
            var history = [revision]
            while let parent = history.last.flatMap({ nodes[$0]?.parent }) { history.append(parent) }
            return history
        }
    }

    let name: String
    /// What makes its sequence strings its own.
    let identity: String
    let instanceStartTime: String
    var documents: [String: Document] = [:]
    var updateSequence = 0
    var security: StandInCouchDBSecurity = .administratorsOnly

    /// The ids of documents that aren't deleted, in the order of their bytes.
    var liveIDs: [String] {
        documents.filter { !$0.value.isDeleted }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// A document as GET shows it, or nil if the revision has no body.
    func json(
        _ id: String,
        _ revision: StandInCouchDBRevision,
        with extras: [StandInCouchDBJSON.Member] = []
    ) -> StandInCouchDBJSON? {
        guard let node = documents[id]?.nodes[revision], let members = node.body?.members else { return nil }
        let head: [StandInCouchDBJSON.Member] = [.init("_id", .string(id)), .init("_rev", .string(revision.text))]
        let deleted: [StandInCouchDBJSON.Member] = node.isDeleted ? [.init("_deleted", .bool(true))] : []
        return .object(head + members + deleted + extras)
    }

    /// `_conflicts`, where there are any.
    func conflicts(_ id: String) -> [StandInCouchDBJSON.Member] {
        guard let document = documents[id] else { return [] }
        let losers = document.leaves.dropFirst().filter { !document.isDeleted($0) }
        return losers.isEmpty ? [] : [.init("_conflicts", .array(losers.map { .string($0.text) }))]
    }

    /// Drops the bodies of all revisions but the leaves.
    mutating func compact() {
        for (id, document) in documents {
            for revision in Set(document.nodes.keys).subtracting(document.leaves) {
                documents[id]?.nodes[revision]?.body = nil
            }
        }
    }

    /// A sequence string: opaque, and only valid as a whole.
    func sequence(_ number: Int) -> String { StandInCouchDBSequence.text(number, identity: identity) }
}

/// Who may read and write a database.
enum StandInCouchDBSecurity: Sendable {
    case administratorsOnly
    case everyone
    case members(Set<String>)
}
