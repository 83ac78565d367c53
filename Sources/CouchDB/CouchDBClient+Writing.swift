import NIOHTTP1
import PercentEncoding

extension CouchDBClient {
    /// Writes a document: `PUT /db/id`.
    ///
    /// - Parameters:
    ///   - id: The document's id.
    ///   - body: A JSON object; `_rev` in it must be absent or equal to `revision`.
    ///   - revision: The revision that this one replaces; nil for a new document.
    /// - Returns: The new revision.
    /// - Throws: ``CouchDBError/conflict(id:)`` if the document has another revision.
    package func put(_ id: String, body: [UInt8], replacing revision: String?) async throws(CouchDBError) -> String {
        let operation = "writing document \(id)"
        let query = revision.map { "?rev=" + $0.percentEncoded } ?? ""
        let path = "/" + CouchDBDocument.path(id) + query
        let answer = try await perform(operation, path, method: .PUT, body: body)
        if answer.status == 409 { throw .conflict(id: id) }
        guard answer.status == 201 || answer.status == 200 else {
            throw answer.failure(operation, database: location.database)
        }
        guard let written = answer.strings["rev"] else {
            throw .unreadable(operation: operation, found: "an answer without it", expected: "rev")
        }
        return written
    }

    /// Deletes a document: `DELETE /db/id?rev=…`.
    ///
    /// A document that doesn't exist any more is not an error.
    ///
    /// - Parameters:
    ///   - id: The document's id.
    ///   - revision: Its current revision.
    /// - Throws: ``CouchDBError/conflict(id:)`` if the document has another revision.
    package func delete(_ id: String, revision: String) async throws(CouchDBError) {
        let operation = "deleting document \(id)"
        let path = "/" + CouchDBDocument.path(id) + "?rev=" + revision.percentEncoded
        let answer = try await perform(operation, path, method: .DELETE)
        switch answer.status {
        case 200, 202: return
        case 404 where ["deleted", "missing"].contains(answer.complaint.reason): return
        case 409: throw .conflict(id: id)
        default: throw answer.failure(operation, database: location.database)
        }
    }

    /// The current revisions of the documents whose ids begin with `prefix`: `GET /db/_all_docs?startkey=…&endkey=…`.
    package func revisions(startingWith prefix: String) async throws(CouchDBError) -> [String: String] {
        let operation = "listing documents that begin with \(prefix)"
        // CouchDB's usual upper bound for a prefix: it sorts after the characters that ids have.
        let keys = [("startkey", prefix), ("endkey", prefix + "\u{FFF0}")].map { name, key in
            name + "=" + JSONString.encode(key).percentEncoded
        }
        let answer = try await perform(operation, "/_all_docs?" + keys.joined(separator: "&"))
        guard answer.status == 200 else { throw answer.failure(operation, database: location.database) }
        let listed = try Self.readable(operation) { () throws(JSONSlices.Malformed) in
            try CouchDBListing.revisions(in: answer.body)
        }
        return listed.filter { $0.key.hasPrefix(prefix) }
    }
}
