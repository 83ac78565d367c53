import CouchDB
import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// The status in CouchDB, with a server that stalls, cuts, refuses and isn't the one that was meant.
@Suite(.timeLimit(.minutes(5))) struct StatusDatabaseTests {
    private struct Scene {
        let server: StandInCouchDB
        let board: StatusBoard
        let log: RecordedLog

        func show(_ revision: String) throws {
            var rollout = Rollout(service: try ServiceID("web"))
            _ = rollout.handle(.document(.rejected(try Revision(revision), ["port: expected a number"])))
            board.update(rollout)
        }

        func body(_ id: String) async throws -> String? {
            try await server.document(id, in: "status")
        }

        func shows(_ revision: String) async throws {
            try await eventually("revision \(revision) in the database") {
                try await body("here:web")?.contains(revision) == true
            }
        }
    }

    /// Publishes into a stand-in, on the clock of the machine, as long as `body` runs.
    private func publishing(
        url: (StandInCouchDB) -> String = { "\($0.baseURL)/status" },
        host: String = "127.0.0.1",
        administrators: [String: String] = [:],
        databases: [String] = ["services", "status"],
        definitions: (StandInCouchDB) -> String = { "\($0.baseURL)/services" },
        requestTimeout: Duration = .seconds(10),
        _ body: (Scene) async throws -> Void
    ) async throws {
        let server = try await StandInCouchDB.start(
            host: host,
            administrators: administrators,
            databases: databases
        )
        let log = RecordedLog()
        let scene = Scene(server: server, board: StatusBoard(), log: log)
        let client = CouchDBClient(location: try CouchDBLocation(url(server)), requestTimeout: requestTimeout)
        let others = [try CouchDBLocation(definitions(server))]
        let database = CouchDBStatusDatabase(client: client) { others }
        let publisher = StatusPublisher(
            database: database,
            board: scene.board,
            host: .init(name: "here", version: "1.2", database: database.name),
            clock: ContinuousClock(),
            logger: log.logger
        )
        try scene.show("1-a")
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { await publisher.run() }
                try await body(scene)
                group.cancelAll()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try await server.stop()
        try result.get()
    }

    private func problem(_ board: StatusBoard, contains text: String) async throws {
        try await eventually("a problem with \(text)") { board.statusDatabase?.problem?.contains(text) == true }
    }

    @Test func `what is written can be read back, and is in no other database`() async throws {
        try await publishing { scene in
            try await scene.shows("1-a")
            try scene.show("2-b")
            try await scene.shows("2-b")
            let location = try CouchDBLocation("\(scene.server.baseURL)/status")
            let client = CouchDBClient(location: location)
            let documents = try await CouchDBStatusDatabase(client: client) { [] }.documents()
            await client.shutdown()
            #expect(documents.map(\.id) == ["here:@daemon", "here:web"])
            let writes = try await scene.server.requests().filter { $0.method != "GET" }.map(\.target)
            #expect(writes.allSatisfy { $0.hasPrefix("/status/here%3A") })
        }
    }

    @Test func `a write that another one overtook is made again`() async throws {
        try await publishing { scene in
            try await scene.shows("1-a")
            try await scene.server.put("here:web", "{\"mine\":true}", in: "status")
            try scene.show("2-b")
            try await scene.shows("2-b")
            #expect(scene.board.statusDatabase?.problem == nil)
        }
    }

    @Test func `a server that takes requests without answering holds up nothing`() async throws {
        try await publishing(requestTimeout: .milliseconds(100)) { scene in
            try await scene.shows("1-a")
            try await scene.server.stall()
            try scene.show("2-b")
            try await problem(scene.board, contains: "no complete answer")
            #expect(scene.board.statuses.first?.rejected?.revision == "2-b")
            try scene.show("3-c")
            try await scene.server.resume()
            try await scene.shows("3-c")
        }
    }

    @Test func `a server that goes down and comes back gets what is newest then`() async throws {
        try await publishing { scene in
            try await scene.shows("1-a")
            try await scene.server.stop()
            try scene.show("2-b")
            try await problem(scene.board, contains: "no connection")
            try scene.show("3-c")
            try await scene.server.restart()
            try await scene.shows("3-c")
            try await eventually("no problem") { scene.board.statusDatabase?.problem == nil }
            #expect(scene.log.lines.filter { $0.hasPrefix("warning") }.count <= 2)
        }
    }

    @Test func `a database that is missing is named with the way to create it`() async throws {
        try await publishing(databases: ["services"]) { scene in
            try await problem(scene.board, contains: "curl -X PUT \(scene.server.baseURL)/status")
            #expect(scene.log.lines.filter { $0.hasPrefix("warning") }.count == 1)
        }
    }

    @Test func `wrong credentials are said and not tried over and over`() async throws {
        let url: (StandInCouchDB) -> String = { $0.baseURL.replacing("//", with: "//admin:wrong@") + "/status" }
        try await publishing(url: url, administrators: ["admin": "secret"]) { scene in
            try await problem(scene.board, contains: "refuses the credentials")
            #expect(scene.board.statusDatabase?.problem?.contains("wrong") == false)
            #expect(try await scene.server.requests().count == 1)
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.0.0.2"])
    func `the database of the definitions is never written to, whatever it is called`(name: String) async throws {
        let port: (StandInCouchDB) -> String = { "\($0.port)" }
        try await publishing(
            url: { "http://127.0.0.1:\(port($0))/services" },
            host: "0.0.0.0",
            definitions: { "http://\(name):\(port($0))/services" }
        ) { scene in
            try await problem(scene.board, contains: "is a database of service definitions")
            #expect(try await scene.server.requests().allSatisfy { $0.method == "GET" })
        }
    }
}
