extension StandInCouchDBState {
    mutating func document(
        _ request: StandInCouchDBRequest,
        _ segments: [String],
        in database: StandInCouchDBDatabase,
        as user: String?
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let isDesign = segments[0] == "_design"
        if segments[0].hasPrefix("_design/") {
            let location = request.target.replacing("_design%2F", with: "_design/")
            let url = "http://\(request.header("Host") ?? "")\(location)"
            return StandInCouchDBAnswer(status: 301, headers: [("Location", url)], body: .fixed(""))
        }
        // Attachments, `_local` documents and design functions aren't stood in for.
        guard segments.count == (isDesign ? 2 : 1) else { throw .missing }
        let id = segments.joined(separator: "/")
        switch request.method {
        case "GET", "HEAD": return try read(request, id, in: database)
        case "PUT":
            guard request.body.count <= 8_000_000 else { throw .tooLarge }
            if isDesign, !isAdministrator(user) {
                let reason = "You are not a db or server admin."
                throw StandInCouchDBRefusal(status: 403, error: "forbidden", reason: reason)
            }
            let json = try request.json()
            return try write(request, id, json, in: database, isPut: true)
        case "DELETE":
            guard let document = database.documents[id] else { throw .missing }
            guard let revision = request.query["rev"] ?? request.matchedRevision else { throw .conflict }
            if document.isDeleted { throw .deleted }
            let deletion = StandInCouchDBJSON.object([.init("_deleted", .bool(true)), .init("_rev", .string(revision))])
            return try write(request, id, deletion, in: database, isPut: false)
        default:
            let reason = "Only DELETE,GET,HEAD,POST,PUT,COPY allowed"
            throw StandInCouchDBRefusal(status: 405, error: "method_not_allowed", reason: reason)
        }
    }

    /// `POST /db`: a document with its id in the body, or with one of the server's making.
    mutating func post(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let json = try request.json()
        if let id = json["_id"], id.string == nil {
            throw StandInCouchDBRefusal(status: 400, error: "illegal_docid", reason: "Document id must be a string")
        }
        let id = json["_id"]?.string ?? madeID(in: database)
        return try write(request, id, json, in: database, isPut: true)
    }

    /// `_bulk_docs`, with `new_edits:false` as replication sends it.
    mutating func bulk(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let json = try request.json()
        guard let documents = json["docs"]?.array else {
            let reason = "POST body must include `docs` parameter."
            throw StandInCouchDBRefusal(status: 400, error: "bad_request", reason: reason)
        }
        var changed = database
        var results: [StandInCouchDBJSON] = []
        for document in documents {
            let id = document["_id"]?.string ?? madeID(in: changed)
            if json["new_edits"] == .bool(false) {
                try changed.replicate(id, document)
                continue
            }
            do throws(StandInCouchDBRefusal) {
                results.append(Self.written(id, try changed.write(id, document)))
            } catch {
                guard error.status == 409 else { throw error }
                let members: [StandInCouchDBJSON.Member] = [
                    .init("id", .string(id)), .init("error", .string(error.error)),
                    .init("reason", .string(error.reason)),
                ]
                results.append(.object(members))
            }
        }
        databases[database.name] = changed
        return .json(201, .array(results))
    }

    private mutating func write(
        _ request: StandInCouchDBRequest,
        _ id: String,
        _ json: StandInCouchDBJSON,
        in database: StandInCouchDBDatabase,
        isPut: Bool
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        var changed = database
        let queryRevision = request.query["rev"] ?? (isPut ? request.matchedRevision : nil)
        let revision = try changed.write(id, json, queryRevision: queryRevision)
        databases[database.name] = changed
        var headers = [(name: "ETag", value: "\"\(revision.text)\"")]
        if isPut {
            let path = request.method == "POST" ? request.target + "/" + id : Self.location(request.target)
            headers.append(("Location", "http://\(request.header("Host") ?? "")\(path)"))
        }
        if request.method == "POST" { headers.removeAll { $0.name == "ETag" } }
        let status = json["_deleted"] == .bool(true) ? 200 : 201
        return .json(status, Self.written(id, revision), headers: headers)
    }

    private func read(
        _ request: StandInCouchDBRequest,
        _ id: String,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        guard let document = database.documents[id], let winner = document.leaves.first else { throw .missing }
        var shown = winner
        if let text = request.query["rev"] {
            guard let revision = StandInCouchDBRevision(text) else { throw .badRevision }
            let isFollowed = request.isTrue("latest") && document.nodes[revision] != nil
            shown = isFollowed ? winner : revision
        } else if document.isDeleted {
            throw .deleted
        }
        let history = document.history(of: shown)
        var extras: [StandInCouchDBJSON.Member] = []
        if request.isTrue("revs") {
            let hashes = history.map { StandInCouchDBJSON.string($0.hash) }
            extras.append(
                .init("_revisions", .object([.init("start", .int(shown.generation)), .init("ids", .array(hashes))]))
            )
        }
        if request.isTrue("revs_info") {
            let states = history.map { revision in
                let isThere = document.nodes[revision]?.body != nil
                return StandInCouchDBJSON.object([
                    .init("rev", .string(revision.text)), .init("status", .string(isThere ? "available" : "missing")),
                ])
            }
            extras.append(.init("_revs_info", .array(states)))
        }
        if request.isTrue("conflicts") { extras += database.conflicts(id) }
        if request.isTrue("deleted_conflicts") {
            let deleted = document.leaves.dropFirst().filter(document.isDeleted)
            if !deleted.isEmpty {
                extras.append(.init("_deleted_conflicts", .array(deleted.map { .string($0.text) })))
            }
        }
        guard let json = database.json(id, shown, with: extras) else { throw .missing }
        // These two depend on more than the revision, so the answer has no ETag then.
        if request.isTrue("revs_info") || request.isTrue("conflicts") { return .json(200, json) }
        let tag = "\"\(shown.text)\""
        let known = request.header("If-None-Match")?.replacing("W/", with: "").split(separator: ",") ?? []
        if known.contains(where: { $0.filter { $0 != " " } == tag }) {
            return StandInCouchDBAnswer(status: 304, headers: [("ETag", tag)], body: .fixed(""))
        }
        return .json(200, json, headers: [("ETag", tag)])
    }

    private static func written(_ id: String, _ revision: StandInCouchDBRevision) -> StandInCouchDBJSON {
        .object([.init("ok", .bool(true)), .init("id", .string(id)), .init("rev", .string(revision.text))])
    }

    /// The target without its query, encoded as CouchDB's `Location` is.
    private static func location(_ target: String) -> String {
        let path = String(target.split(separator: "?", maxSplits: 1)[0])
        return path.replacing("_design/", with: "_design%2F").replacing("%2E", with: ".").replacing("$", with: "%24")
    }

    private func madeID(in database: StandInCouchDBDatabase) -> String {
        let digits = String(database.updateSequence + 1, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}

extension StandInCouchDBRequest {
    /// The revision in `If-Match`, with or without quotation marks.
    var matchedRevision: String? { header("If-Match")?.replacing("\"", with: "") }
}
