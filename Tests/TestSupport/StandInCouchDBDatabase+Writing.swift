/// A refusal in CouchDB's words.
struct StandInCouchDBRefusal: Error, Sendable {
    let status: Int
    let error: String
    let reason: String

    static let conflict = Self(status: 409, error: "conflict", reason: "Document update conflict.")
    static let notJSON = Self(status: 400, error: "bad_request", reason: "invalid UTF-8 JSON")
    static let badRevision = Self(status: 400, error: "bad_request", reason: "Invalid rev format")
    static let missing = Self(status: 404, error: "not_found", reason: "missing")
    static let deleted = Self(status: 404, error: "not_found", reason: "deleted")
    static let noDatabase = Self(status: 404, error: "not_found", reason: "Database does not exist.")
}

extension StandInCouchDBDatabase {
    /// The special members that a client may send.
    private static let specialMembers: Set<String> = [
        "_id", "_rev", "_deleted", "_conflicts", "_deleted_conflicts", "_revs_info", "_revisions", "_local_seq",
    ]

    /// Writes a document on top of the leaf that `_rev` or the query names; returns the new revision.
    mutating func write(
        _ id: String,
        _ json: StandInCouchDBJSON,
        queryRevision: String? = nil
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBRevision {
        let members = try Self.checked(json, id: id)
        let bodyRevision = json["_rev"]?.string
        if let queryRevision, let bodyRevision, queryRevision != bodyRevision {
            let reason = "Document rev from request body and query string have different values"
            throw StandInCouchDBRefusal(status: 400, error: "bad_request", reason: reason)
        }
        var parent: StandInCouchDBRevision?
        if let text = bodyRevision ?? queryRevision {
            guard let revision = StandInCouchDBRevision(text) else { throw .badRevision }
            parent = revision
        }
        if let document = documents[id] {
            let leaves = document.leaves
            if let named = parent {
                guard leaves.contains(named) else { throw .conflict }
            } else {
                guard document.isDeleted else { throw .conflict }
                parent = leaves.first
            }
        }
        let isDeleted = json["_deleted"] == .bool(true)
        let body = StandInCouchDBJSON.object(members)
        let revision = StandInCouchDBRevision(body: body, isDeleted: isDeleted, parent: parent)
        if let parent, documents[id] == nil {
            // Accepted for a document that never existed, as CouchDB does.
            documents[id, default: Document()].nodes[parent] = Node(parent: nil, body: nil, isDeleted: false)
        }
        store(id, [revision] + (parent.map { [$0] } ?? []), body: body, isDeleted: isDeleted)
        return revision
    }

    /// Stores a revision with its history as replication does (`new_edits: false`); one that is there changes nothing.
    mutating func replicate(_ id: String, _ json: StandInCouchDBJSON) throws(StandInCouchDBRefusal) {
        let members = try Self.checked(json, id: id)
        guard let revision = json["_rev"]?.string.flatMap(StandInCouchDBRevision.init) else { throw .badRevision }
        var history = [revision]
        if let hashes = json["_revisions"]?["ids"]?.array?.compactMap(\.string) {
            history = hashes.enumerated().compactMap { index, hash in
                StandInCouchDBRevision("\(revision.generation - index)-\(hash)")
            }
        }
        if documents[id]?.nodes[revision] != nil { return }
        store(id, history, body: .object(members), isDeleted: json["_deleted"] == .bool(true))
    }

    private mutating func store(
        _ id: String,
        _ history: [StandInCouchDBRevision],
        body: StandInCouchDBJSON,
        isDeleted: Bool
    ) {
        var document = documents[id] ?? Document()
        for (index, revision) in history.enumerated() where document.nodes[revision] == nil {
            let parent = index + 1 < history.count ? history[index + 1] : nil
            document.nodes[revision] = Node(
                parent: parent,
                body: index == 0 ? body : nil,
                isDeleted: index == 0 && isDeleted
            )
        }
        updateSequence += 1
        document.sequence = updateSequence
        documents[id] = document
    }

    private static func checked(
        _ json: StandInCouchDBJSON,
        id: String
    ) throws(StandInCouchDBRefusal) -> [StandInCouchDBJSON.Member] {
        guard let members = json.members else {
            throw StandInCouchDBRefusal(status: 400, error: "bad_request", reason: "Document must be a JSON object")
        }
        if id.isEmpty {
            throw StandInCouchDBRefusal(status: 400, error: "illegal_docid", reason: "Document id must not be empty")
        }
        if id.hasPrefix("_"), !id.hasPrefix("_design/") {
            let reason = "Only reserved document ids may start with underscore."
            throw StandInCouchDBRefusal(status: 400, error: "illegal_docid", reason: reason)
        }
        if let member = members.first(where: { $0.name.hasPrefix("_") && !specialMembers.contains($0.name) }) {
            let reason = "Bad special document member: \(member.name)"
            throw StandInCouchDBRefusal(status: 400, error: "doc_validation", reason: reason)
        }
        if json.text.utf8.count > 8_000_000 {
            throw StandInCouchDBRefusal(status: 413, error: "document_too_large", reason: "")
        }
        return members.filter { !$0.name.hasPrefix("_") }
    }
}
