/// A complete answer of the server.
struct CouchDBAnswer: Sendable {
    let status: UInt
    let body: [UInt8]

    /// The members of the body that are strings; none if it isn't a JSON object.
    var strings: [String: String] {
        guard let members = try? JSONSlices.members(of: body) else { return [:] }
        return members.reduce(into: [:]) { strings, member in
            strings[member.name] = try? JSONString.decode(body, in: member.value)
        }
    }

    /// CouchDB's description of a failure; empty if another server answered.
    var complaint: (error: String, reason: String) {
        let strings = strings
        return (strings["error"] ?? "", strings["reason"] ?? "")
    }

    /// The error for an answer that isn't a success.
    func failure(_ operation: String, database: String) -> CouchDBError {
        let (error, reason) = complaint
        switch status {
        case 401: return .unauthorized(reason: reason)
        case 403: return .forbidden(reason: reason)
        // CouchDB before 3.0 says `no_db_file`.
        case 404 where reason == "Database does not exist." || reason == "no_db_file":
            return .databaseMissing(database: database)
        default:
            return .unexpectedStatus(operation: operation, status: status, error: error, reason: reason)
        }
    }
}

/// The rows of `_all_docs`.
enum CouchDBListing {
    /// The documents, with `include_docs=true`.
    static func documents(in body: [UInt8]) throws(JSONSlices.Malformed) -> [CouchDBDocument] {
        var documents: [CouchDBDocument] = []
        for row in try rows(of: body) {
            let value = try member("doc", of: row, in: body)
            // A document that was deleted while the listing was made.
            if body[value].elementsEqual("null".utf8) { continue }
            let document = try CouchDBDocument(Array(body[value]))
            if !CouchDBDocument.isDesignDocument(document.id), !document.isDeleted { documents.append(document) }
        }
        return documents
    }

    /// Ids and revisions, which every row has.
    static func revisions(in body: [UInt8]) throws(JSONSlices.Malformed) -> [String: String] {
        var revisions: [String: String] = [:]
        for row in try rows(of: body) {
            let id = try JSONString.decode(body, in: member("id", of: row, in: body))
            let value = try JSONSlices.members(of: body, in: member("value", of: row, in: body))
            guard let revision = value.last(where: { $0.name == "rev" })?.value else {
                throw JSONSlices.Malformed(offset: row.lowerBound, expected: "a row with rev")
            }
            revisions[id] = try JSONString.decode(body, in: revision)
        }
        return revisions
    }

    private static func rows(of body: [UInt8]) throws(JSONSlices.Malformed) -> [Range<Int>] {
        guard let rows = try JSONSlices.members(of: body).last(where: { $0.name == "rows" }) else {
            throw JSONSlices.Malformed(offset: 0, expected: "rows")
        }
        return try JSONSlices.elements(of: body, in: rows.value)
    }

    private static func member(
        _ name: String,
        of row: Range<Int>,
        in body: [UInt8]
    ) throws(JSONSlices.Malformed) -> Range<Int> {
        guard let member = try JSONSlices.members(of: body, in: row).last(where: { $0.name == name }) else {
            throw JSONSlices.Malformed(offset: row.lowerBound, expected: "a row with \(name)")
        }
        return member.value
    }
}
