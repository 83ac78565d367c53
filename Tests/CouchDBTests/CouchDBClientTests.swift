import CouchDB
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct CouchDBClientTests {
    @Test(arguments: ServerKind.available)
    func `reads documents as they are, and tells deleted from missing`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let revision = try await database.put("web", "{\"image\":\"nginx:1\",\"port\":80}")
            let gone = try await database.put("gone", "{}")
            try await database.delete("gone", gone)
            try await database.withClient { client in
                guard case .found(let document) = try await client.document("web") else {
                    Issue.record("expected a document")
                    return
                }
                #expect(document.revision == revision)
                let body = "{\"_id\":\"web\",\"_rev\":\"\(revision)\",\"image\":\"nginx:1\",\"port\":80}"
                #expect(String(decoding: document.body, as: UTF8.self) == body)
                #expect(document.conflicts.isEmpty)
                #expect(try await client.document("gone") == .deleted)
                #expect(try await client.document("never") == .missing)
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `reads and writes ids of any characters`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                let ids = ["team/web", "a+b", "a b", "100%", "q?x#y", "größe-日本-😀", ".", "..", "a:b.c$d", "\"quoted\\"]
                for id in ids {
                    let revision = try await client.put(id, body: Array("{\"v\":1}".utf8), replacing: nil)
                    guard case .found(let document) = try await client.document(id) else {
                        Issue.record("\(id) isn't found")
                        continue
                    }
                    #expect(document.id == id)
                    #expect(document.revision == revision)
                }
                let listed = Set(try await client.allDocuments().map(\.id))
                #expect(listed == Set(ids))
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `lists all documents but design documents`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                #expect(try await client.allDocuments() == [])
                try await database.put("_design/x", "{\"language\":\"javascript\"}")
                for id in ["b", "a", "d"] { try await database.put(id, "{\"text\":\"]}\\\" \(id)\"}") }
                try await database.delete("c", try await database.put("c", "{}"))
                #expect(try await client.allDocuments().map(\.id) == ["a", "b", "d"])
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `writing over another revision is a conflict`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                let first = try await client.put("web", body: Array("{}".utf8), replacing: nil)
                let second = try await client.put("web", body: Array("{}".utf8), replacing: first)
                #expect(second.hasPrefix("2-"))
                for stale in [nil, first] {
                    await #expect(throws: CouchDBError.conflict(id: "web")) {
                        try await client.put("web", body: Array("{}".utf8), replacing: stale)
                    }
                }
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `sees conflicting revisions`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let base = try await database.put("w", "{\"v\":0}").dropFirst(2)
            for letter in ["a", "b"] {
                let hash = String(repeating: letter, count: 32)
                try await database.post(
                    "_bulk_docs",
                    """
                    {"new_edits":false,"docs":[{"_id":"w","_rev":"2-\(hash)","v":"\(letter)",\
                    "_revisions":{"start":2,"ids":["\(hash)","\(base)"]}}]}
                    """
                )
            }
            try await database.withClient { client in
                let document = try #require(try await client.allDocuments().first)
                #expect(!document.conflicts.isEmpty)
                #expect(document.revision == "2-" + String(repeating: "b", count: 32))
                #expect(try await client.document("w") == .found(document))
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `a database made anew has another start time`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                let info = try await client.databaseInfo()
                #expect(info.name == database.location.database)
                #expect(!info.instanceStartTime.isEmpty)
                try await database.drop()
                let missing = CouchDBError.databaseMissing(database: database.location.database)
                await #expect(throws: missing) { try await client.databaseInfo() }
                await #expect(throws: missing) { try await client.allDocuments() }
                await #expect(throws: missing) { try await client.document("web") }
                await #expect(throws: missing) { try await client.lastSequence() }
                try await eventually("another start time") {
                    // It is in seconds.
                    try await database.drop()
                    try await database.create()
                    return try await client.databaseInfo().instanceStartTime != info.instanceStartTime
                }
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `wrong credentials are refused`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let wrong = CouchDBCredentials(user: "nobody", password: "wrong")
            let location = try CouchDBLocation("\(database.location)", credentials: wrong)
            try await DatabaseUnderTest(location: location, server: nil).withClient { client in
                await #expect(throws: CouchDBError.unauthorized(reason: "Name or password is incorrect.")) {
                    try await client.allDocuments()
                }
            }
        }
    }
}
