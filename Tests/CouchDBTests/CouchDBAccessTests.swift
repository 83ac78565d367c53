import CouchDB
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct CouchDBAccessTests {
    @Test func `a refused source waits long, so that it never locks its account`() async throws {
        let server = try await StandInCouchDB.start(administrators: ["admin": "secret"], databases: ["services"])
        try await server.restrict("services", to: ["reader"])
        try await server.setPassword("new", of: "reader")
        let location = try CouchDBLocation(
            "\(server.baseURL)/services",
            credentials: CouchDBCredentials(user: "reader", password: "old")
        )
        let clock = ManualClock()
        try await DatabaseUnderTest(location: location, server: server).watching(clock: clock) { events in
            for longest in [75, 150, 300] as [Double] {
                guard case .disconnected(.unauthorized, let delay) = try await events.next() else {
                    Issue.record("expected a refusal")
                    return
                }
                #expect(delay >= .seconds(60) && delay <= .seconds(longest))
                try await eventually("the source waits") { clock.deadlines == [clock.now.offset + delay] }
                clock.advance(by: delay)
            }
            _ = try await events.next()
            #expect(try await server.requests().count == 4)
            try await server.setPassword("old", of: "reader")
            clock.advance(by: .seconds(300))
            _ = try await events.upTo("connected")
            let headers = try await server.requests().map { $0.headers.filter { $0.name == "Authorization" }.count }
            #expect(Set(headers) == [1])
            #expect(Set(try await server.requests().map(\.method)) == ["GET"])
        }
        try await server.stop()
    }

    @Test func `a user who is no member is refused for long, too`() async throws {
        let server = try await StandInCouchDB.start(administrators: ["admin": "secret"], databases: ["services"])
        try await server.restrict("services", to: ["someone"])
        try await server.setPassword("pw", of: "reader")
        let location = try CouchDBLocation(server.baseURL.replacing("//", with: "//reader:pw@") + "/services")
        try await DatabaseUnderTest(location: location, server: server).watching(clock: ManualClock()) { events in
            guard case .disconnected(.forbidden(let reason), let delay) = try await events.next() else {
                Issue.record("expected a refusal")
                return
            }
            #expect(reason == "You are not allowed to access this db.")
            #expect(delay >= .seconds(60))
        }
        try await server.stop()
    }

    @Test func `a server that takes requests without answering times out`() async throws {
        let server = try await StandInCouchDB.start(databases: ["services"])
        try await server.stall()
        let location = try CouchDBLocation("\(server.baseURL)/services")
        let database = DatabaseUnderTest(location: location, server: server)
        try await database.withClient(requestTimeout: .milliseconds(50)) { client in
            let error = await #expect(throws: CouchDBError.self) { try await client.allDocuments() }
            #expect(error?.kind == "timedOut")
            #expect(error?.isTransient == true)
        }
        try await server.stop()
    }

    @Test func `five wrong passwords lock an account, even for the right one`() async throws {
        let server = try await StandInCouchDB.start(administrators: ["admin": "secret"], databases: ["services"])
        let wrong = try CouchDBLocation(server.baseURL.replacing("//", with: "//admin:wrong@") + "/services")
        let right = try CouchDBLocation(server.baseURL.replacing("//", with: "//admin:secret@") + "/services")
        try await DatabaseUnderTest(location: wrong, server: server).withClient { client in
            for _ in 1...5 {
                let error = await #expect(throws: CouchDBError.self) { try await client.allDocuments() }
                #expect(error?.kind == "unauthorized")
            }
        }
        try await DatabaseUnderTest(location: right, server: server).withClient { client in
            let error = await #expect(throws: CouchDBError.self) { try await client.allDocuments() }
            #expect(error?.kind == "forbidden")
            try await server.unlockAccounts()
            #expect(try await client.allDocuments() == [])
        }
        try await server.stop()
    }
}
