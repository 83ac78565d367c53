import CouchDB
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct CouchDBSourceTests {
    private static var quick: CouchDBSourceSettings {
        var settings = CouchDBSourceSettings()
        settings.heartbeat = .seconds(1)
        return settings
    }

    @Test(arguments: ServerKind.available)
    func `lists, then follows writes and deletions`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let first = try await database.put("web", "{\"v\":1}")
            try await database.watching(settings: Self.quick) { events in
                try await events.expect("listed web@\(first)")
                try await events.expect("connected")
                let second = try await database.put("web", "{\"_rev\":\"\(first)\",\"v\":2}")
                try await events.expect("changed web@\(second)")
                try await database.put("_design/x", "{}")
                let other = try await database.put("team%2Fapi", "{\"v\":\"é\"}")
                guard case .changed(let document) = try await events.next() else {
                    Issue.record("expected a change")
                    return
                }
                #expect(document.id == "team/api")
                let body = "{\"_id\":\"team/api\",\"_rev\":\"\(other)\",\"v\":\"é\"}"
                #expect(String(decoding: document.body, as: UTF8.self) == body)
                let tombstone = try await database.delete("web", second)
                try await events.expect("deleted web@\(tombstone)")
                let again = try await database.put("web", "{}")
                try await events.expect("changed web@\(again)")
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `a document deleted while nobody looked is reported, one that never was isn't`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.delete("gone", try await database.put("gone", "{}"))
            try await database.watching(knownIDs: ["gone", "elsewhere"], settings: Self.quick) { events in
                try await events.expect("listed ")
                try await events.expect("deleted gone@?")
                try await events.expect("connected")
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `deleting the winner of a conflict brings the other revision back`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let base = try await database.put("w", "{}")
            let (low, high) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))
            try await database.watching(settings: Self.quick) { events in
                try await events.expect("listed w@\(base)")
                try await events.expect("connected")
                for hash in [low, high] {
                    try await database.post(
                        "_bulk_docs",
                        """
                        {"new_edits":false,"docs":[{"_id":"w","_rev":"2-\(hash)",\
                        "_revisions":{"start":2,"ids":["\(hash)","\(base.dropFirst(2))"]}}]}
                        """
                    )
                    guard case .changed(let document) = try await events.next() else {
                        Issue.record("expected a change")
                        return
                    }
                    #expect(document.revision == "2-\(hash)")
                    #expect(document.conflicts == (hash == high ? ["2-\(low)"] : []))
                }
                try await database.delete("w", "2-" + high)
                try await events.expect("changed w@2-\(low)")
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `a database that is deleted is no deletion of documents`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let revision = try await database.put("web", "{}")
            try await database.watching(settings: Self.quick) { events in
                try await events.expect("listed web@\(revision)")
                try await events.expect("connected")
                try await database.drop()
                var seen = try await events.upTo("disconnected databaseMissing")
                try await database.create()
                seen += try await events.upTo("listed ")
                seen += try await events.upTo("connected")
                let again = try await database.put("web", "{\"v\":2}")
                seen += try await events.upTo("changed web@\(again)")
                #expect(seen.filter { $0.hasPrefix("deleted") } == [])
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `the last of many writes always arrives`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.watching(settings: Self.quick) { events in
                try await events.expect("listed ")
                try await events.expect("connected")
                var revision = try await database.put("hot", "{\"n\":0}")
                for number in 1...50 {
                    revision = try await database.put("hot", "{\"_rev\":\"\(revision)\",\"n\":\(number)}")
                }
                let (last, documents) = (revision, (0..<300).map { "{\"_id\":\"d\($0)\"}" }.joined(separator: ","))
                try await database.post("_bulk_docs", "{\"docs\":[\(documents)]}")
                try await eventually("the last of everything") {
                    let seen = Set(events.all.map(\.summary))
                    return seen.count(where: { $0.hasPrefix("changed d") }) == 300
                        && seen.contains("changed hot@\(last)")
                }
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `everything is listed anew after an interval, on a new connection`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            let revision = try await database.put("web", "{}")
            var settings = CouchDBSourceSettings()
            settings.heartbeat = .seconds(2)
            settings.listingInterval = .milliseconds(300)
            try await database.watching(settings: settings) { events in
                try await events.expect("listed web@\(revision)")
                try await events.expect("connected")
                try await events.expect("listed web@\(revision)")
                try await events.expect("listed web@\(revision)")
            }
        }
    }

    @Test(arguments: ServerKind.available)
    func `a large document arrives whole`(kind: ServerKind) async throws {
        try await DatabaseUnderTest.with(kind) { database in
            try await database.watching(settings: Self.quick) { events in
                try await events.expect("listed ")
                try await events.expect("connected")
                let pad = String(repeating: "x", count: 1_000_000)
                let revision = try await database.put("big", "{\"pad\":\"\(pad)\"}")
                guard case .changed(let document) = try await events.next() else {
                    Issue.record("expected a change")
                    return
                }
                let body = "{\"_id\":\"big\",\"_rev\":\"\(revision)\",\"pad\":\"\(pad)\"}"
                #expect(document.body.elementsEqual(body.utf8))
            }
        }
    }
}
