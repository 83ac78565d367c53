extension CouchDBClient {
    /// Reads one document: `GET /db/id`.
    ///
    /// A 404 is ``CouchDBLookup/deleted`` only when CouchDB gives that reason. A missing database is an error.
    package func document(_ id: String) async throws(CouchDBError) -> CouchDBLookup {
        let operation = "reading document \(id)"
        let answer = try await perform(operation, "/" + CouchDBDocument.path(id) + "?conflicts=true")
        if answer.status == 404 {
            switch answer.complaint.reason {
            case "deleted": return .deleted
            case "missing": return .missing
            default: throw answer.failure(operation, database: location.database)
            }
        }
        guard answer.status == 200 else { throw answer.failure(operation, database: location.database) }
        let document = try Self.readable(operation) { () throws(JSONSlices.Malformed) in
            try CouchDBDocument(answer.body)
        }
        guard document.id == id else {
            throw .unreadable(operation: operation, found: "document \(document.id)", expected: "document \(id)")
        }
        return .found(document)
    }

    /// Reads all documents: `GET /db/_all_docs?include_docs=true`, without design documents, in the order of their ids.
    ///
    /// A listing of more than 64 MiB is ``CouchDBError/tooLarge(operation:limit:)``. A truncated listing is an error, too.
    package func allDocuments() async throws(CouchDBError) -> [CouchDBDocument] {
        let operation = "listing documents"
        let answer = try await perform(operation, "/_all_docs?include_docs=true&conflicts=true")
        guard answer.status == 200 else { throw answer.failure(operation, database: location.database) }
        return try Self.readable(operation) { () throws(JSONSlices.Malformed) in
            try CouchDBListing.documents(in: answer.body)
        }
    }

    /// Reads the database's properties: `GET /db`.
    package func databaseInfo() async throws(CouchDBError) -> CouchDBDatabaseInfo {
        let operation = "reading the database's properties"
        let answer = try await perform(operation, "")
        guard answer.status == 200 else { throw answer.failure(operation, database: location.database) }
        let strings = answer.strings
        guard let name = strings["db_name"], let start = strings["instance_start_time"],
            let sequence = CouchDBSequence.text("update_seq", in: answer)
        else {
            throw .unreadable(
                operation: operation,
                found: "an answer without them",
                expected: "db_name, instance_start_time and update_seq"
            )
        }
        return CouchDBDatabaseInfo(name: name, instanceStartTime: start, updateSequence: sequence)
    }

    /// The newest sequence: `GET /db/_changes?since=now`, which unlike a feed answers at once.
    package func lastSequence() async throws(CouchDBError) -> String {
        let operation = "reading the last sequence"
        let answer = try await perform(operation, "/_changes?since=now")
        guard answer.status == 200 else { throw answer.failure(operation, database: location.database) }
        guard let sequence = CouchDBSequence.text("last_seq", in: answer) else {
            throw .unreadable(operation: operation, found: "an answer without it", expected: "last_seq")
        }
        return sequence
    }

    static func readable<Value>(
        _ operation: String,
        _ read: () throws(JSONSlices.Malformed) -> Value
    ) throws(CouchDBError) -> Value {
        do {
            return try read()
        } catch {
            throw .unreadable(
                operation: operation,
                found: "something else at byte \(error.offset)",
                expected: error.expected
            )
        }
    }
}
