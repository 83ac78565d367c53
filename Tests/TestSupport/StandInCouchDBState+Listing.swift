extension StandInCouchDBState {
    /// `_all_docs`: by key, in ranges, with documents.
    func listing(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let live = database.liveIDs
        if request.method == "POST", let keys = try request.json()["keys"]?.array?.compactMap(\.string) {
            return Self.listing(keys.map { row(for: $0, request, in: database) }, total: live.count, offset: "null")
        }
        var ids = live
        if let key = try request.jsonString("key") { ids = ids.filter { $0 == key } }
        if let start = try request.jsonString("startkey") { ids = ids.filter { !$0.precedes(start) } }
        if let end = try request.jsonString("endkey") { ids = ids.filter { !end.precedes($0) } }
        ids = Array(ids.dropFirst(request.query["skip"].flatMap(Int.init) ?? 0))
        let offset = ids.first.flatMap(live.firstIndex) ?? 0
        if let limit = request.query["limit"].flatMap(Int.init) { ids = Array(ids.prefix(limit)) }
        let sequence = request.isTrue("update_seq") ? database.sequence(database.updateSequence) : nil
        let rows = ids.map { row(for: $0, request, in: database) }
        return Self.listing(rows, total: live.count, offset: String(offset), sequence: sequence)
    }

    private func row(
        for id: String,
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) -> String {
        guard let document = database.documents[id], let winner = document.leaves.first else {
            return StandInCouchDBJSON.object([.init("key", .string(id)), .init("error", .string("not_found"))]).text
        }
        var value: [StandInCouchDBJSON.Member] = [.init("rev", .string(winner.text))]
        if document.isDeleted { value.append(.init("deleted", .bool(true))) }
        var row: [StandInCouchDBJSON.Member] = [
            .init("id", .string(id)), .init("key", .string(id)), .init("value", .object(value)),
        ]
        if request.isTrue("include_docs") {
            let extras = request.isTrue("conflicts") ? database.conflicts(id) : []
            row.append(.init("doc", document.isDeleted ? .null : database.json(id, winner, with: extras) ?? .null))
        }
        return StandInCouchDBJSON.object(row).text
    }

    private static func listing(
        _ rows: [String],
        total: Int,
        offset: String,
        sequence: String? = nil
    ) -> StandInCouchDBAnswer {
        let number = sequence.map { ",\"update_seq\":\"\($0)\"" } ?? ""
        let head = "{\"total_rows\":\(total),\"offset\":\(offset)\(number),\"rows\":[\r\n"
        return StandInCouchDBAnswer(
            status: 200,
            body: .chunked([head + rows.joined(separator: ",\r\n") + "\r\n]}", "\n"])
        )
    }
}

extension StandInCouchDBRequest {
    /// A query value that is a JSON string, as keys are.
    func jsonString(_ name: String) throws(StandInCouchDBRefusal) -> String? {
        guard let text = query[name] else { return nil }
        do {
            return try StandInCouchDBJSONParser.parse(text).string
        } catch {
            throw .notJSON
        }
    }
}

extension String {
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
