import CouchDB
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct CouchDBWritingTests {
    @Test(arguments: ServerKind.available)
    func `deletes a document, and finds one that is gone already as it is wanted`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                let revision = try await client.put("a:b", body: Array("{}".utf8), replacing: nil)
                try await client.delete("a:b", revision: revision)
                #expect(try await client.document("a:b") == .deleted)
                try await client.delete("a:b", revision: revision)
                try await client.delete("never", revision: "1-" + String(repeating: "a", count: 32))
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `deleting another revision is a conflict`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                let first = try await client.put("web", body: Array("{}".utf8), replacing: nil)
                let second = try await client.put("web", body: Array("{}".utf8), replacing: first)
                await #expect(throws: CouchDBError.conflict(id: "web")) {
                    try await client.delete("web", revision: first)
                }
                #expect(try await client.revisions(startingWith: "web") == ["web": second])
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `lists the revisions of one beginning only`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                var written: [String: String] = [:]
                for id in ["a:", "a:@daemon", "a:web", "a:z:z", "a", "a;", "aa:web", "b:web", "A:web", "a\"\\:x"] {
                    written[id] = try await client.put(id, body: Array("{}".utf8), replacing: nil)
                }
                let gone = try await client.put("a:gone", body: Array("{}".utf8), replacing: nil)
                try await client.delete("a:gone", revision: gone)
                let expected = written.filter { $0.key.hasPrefix("a:") }
                #expect(expected.count == 4)
                #expect(try await client.revisions(startingWith: "a:") == expected)
                let odd = try await client.revisions(startingWith: "a\"\\:")
                #expect(odd.keys.sorted() == ["a\"\\:x"])
                #expect(try await client.revisions(startingWith: "nothing:") == [:])
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `writing into a database that is missing says so`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.withClient { client in
                try await database.drop()
                let missing = CouchDBError.databaseMissing(database: database.location.database)
                await #expect(throws: missing) { try await client.put("web", body: [123, 125], replacing: nil) }
                await #expect(throws: missing) { try await client.delete("web", revision: "1-a") }
                await #expect(throws: missing) { try await client.revisions(startingWith: "web") }
            }
        }
    }

    @Test func `a URL is compared with another by where it leads`() throws {
        let base = try CouchDBLocation("http://u:p@localhost:5984/team%2Fservices")
        for same in ["http://127.0.0.1:5984/team%2fservices", "http://[::1]:5984/team%2Fservices/"] {
            let location = try CouchDBLocation(same)
            #expect(base.isSameDatabase(as: location), "\(same)")
        }
        for other in [
            "http://localhost:5984/team", "http://localhost:5985/team%2Fservices", "http://db:5984/team%2Fservices",
        ] {
            let location = try CouchDBLocation(other)
            #expect(!base.isSameDatabase(as: location), "\(other)")
        }
    }
}
