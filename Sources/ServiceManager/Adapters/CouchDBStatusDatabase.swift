package import CouchDB

/// The status database in CouchDB.
package struct CouchDBStatusDatabase: StatusDatabase {
    private let client: CouchDBClient
    /// The databases that definitions come from: none of them is ever written to.
    private let definitions: @Sendable () -> [CouchDBLocation]

    /// - Parameters:
    ///   - client: The client of the database. The caller shuts it down.
    ///   - definitions: The databases that definitions come from; units may add to them.
    package init(client: CouchDBClient, definitions: @escaping @Sendable () -> [CouchDBLocation]) {
        self.client = client
        self.definitions = definitions
    }

    /// The database's URL, without credentials.
    package var name: String { client.location.description }

    /// All documents of all hosts, unchanged.
    package func documents() async throws(StatusDatabaseError) -> [(id: String, body: [UInt8])] {
        try await translated { () throws(CouchDBError) in try await client.allDocuments() }.map { ($0.id, $0.body) }
    }

    package func revisions(startingWith prefix: String) async throws(StatusDatabaseError) -> [String: String] {
        try checkURL()
        try await checkIdentity()
        return try await translated { () throws(CouchDBError) in try await client.revisions(startingWith: prefix) }
    }

    package func revision(of id: String) async throws(StatusDatabaseError) -> String? {
        switch try await translated({ () throws(CouchDBError) in try await client.document(id) }) {
        case .found(let document): document.revision
        case .deleted, .missing: nil
        }
    }

    package func write(
        _ id: String,
        _ body: [UInt8],
        replacing revision: String?
    ) async throws(StatusDatabaseError) -> String {
        try checkURL()
        return try await translated { () throws(CouchDBError) in
            try await client.put(id, body: body, replacing: revision)
        }
    }

    package func remove(_ id: String, revision: String) async throws(StatusDatabaseError) {
        try checkURL()
        try await translated { () throws(CouchDBError) in try await client.delete(id, revision: revision) }
    }

    /// Why a database of definitions is refused: people edit definitions, and a status changes all the time.
    package static func refusal(_ location: CouchDBLocation) -> String {
        "the status database \(location) is a database of service definitions; "
            + "create another one and name it in status_database_url"
    }

    private func checkURL() throws(StatusDatabaseError) {
        guard !definitions().contains(where: client.location.isSameDatabase) else {
            throw .refused(Self.refusal(client.location))
        }
    }

    /// Compares what the databases say about themselves, because two names of one server look like two databases.
    private func checkIdentity() async throws(StatusDatabaseError) {
        for other in definitions() where other.database == client.location.database {
            let second = CouchDBClient(location: other)
            var isSame = false
            // A write between the two requests makes them differ once.
            for _ in 1...3 where !isSame {
                guard let theirs = try? await second.databaseInfo(), let ours = try? await client.databaseInfo() else {
                    break
                }
                isSame = theirs == ours
            }
            await second.shutdown()
            if isSame { throw .refused(Self.refusal(client.location)) }
        }
    }

    private func translated<Value>(
        _ call: () async throws(CouchDBError) -> Value
    ) async throws(StatusDatabaseError) -> Value {
        do throws(CouchDBError) {
            return try await call()
        } catch {
            switch error {
            case .conflict: throw .conflict
            case .databaseMissing:
                // Transient, so that it is tried again soon: the person who creates the database doesn't want to wait.
                throw .unavailable(
                    "there is no database \(client.location); "
                        + "create it, as an administrator of CouchDB: curl -X PUT \(client.location)"
                )
            case .unauthorized, .forbidden, .tooLarge, .tls: throw .refused("\(error)")
            case .connection, .timedOut, .silent, .unexpectedStatus, .unreadable, .cancelled:
                throw .unavailable("\(error)")
            }
        }
    }
}
