import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// What the status database gets to see, on a clock that only moves when told to.
@Suite(.timeLimit(.minutes(5))) struct StatusPublisherTests {
    private struct Scene {
        let database: FakeStatusDatabase
        let board: StatusBoard
        let clock: ManualClock
        let log: RecordedLog

        /// Shows a service whose newest revision isn't a valid definition: the simplest thing to tell apart.
        func show(_ revision: String, of service: String = "web") throws {
            var rollout = Rollout(service: try ServiceID(service))
            _ = rollout.handle(.document(.rejected(try Revision(revision), ["port: expected a number"])))
            board.update(rollout)
        }

        func hide(service: String = "web") throws { board.update(Rollout(service: try ServiceID(service))) }

        /// Waits until nothing is left to do before this time.
        func idle(until deadline: Duration) async throws {
            try await eventually("waiting until \(deadline)") { clock.deadlines == [deadline] }
        }
    }

    private func publishing(
        into database: FakeStatusDatabase = FakeStatusDatabase(),
        _ body: (Scene) async throws -> Void
    ) async throws {
        let log = RecordedLog()
        let scene = Scene(database: database, board: StatusBoard(), clock: ManualClock(), log: log)
        let publisher = StatusPublisher(
            database: database,
            board: scene.board,
            host: .init(name: "here", version: "1.2", database: "http://db:5984/status"),
            clock: scene.clock,
            now: { Date(timeIntervalSince1970: 1_000_000_000) },
            logger: log.logger
        )
        try scene.show("1-a")
        try await withThrowingTaskGroup { group in
            group.addTask { await publisher.run() }
            try await body(scene)
            group.cancelAll()
        }
    }

    @Test func `a host writes that it is there and how its services are, once`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            #expect(scene.database.calls == ["list here:", "write here:@daemon 1", "write here:web 1"])
            let host = scene.database.body("here:@daemon")
            #expect(host.contains(#""schema":"service-manager.host/1""#))
            #expect(host.contains(#""heartbeat_seconds":60"#))
            #expect(host.contains(#""version":"1.2""#))
            let service = scene.database.body("here:web")
            for member in [
                #""schema":"service-manager.service/1""#, #""host":"here""#, #""service":"web""#, #""state":"failed""#,
                #""at":"2001-09-09T01:46:40Z""#, #""name":"web""#, #""virtual_services":[]"#,
            ] {
                #expect(service.contains(member), "\(service)")
            }
            let read = try JSONDecoder().decode(PublishedStatus.self, from: Data(service.utf8))
            #expect(read.status.rejected == scene.board.statuses.first?.rejected)
            #expect(scene.log.lines == ["notice the status is written to the status database"])
        }
    }

    @Test func `changes within a second are one write, and the last of them always arrives`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            for number in 2...9 { try scene.show("\(number)-b") }
            try await scene.idle(until: .seconds(1))
            #expect(scene.database.writes.count == 2)
            scene.clock.advance(by: .seconds(1))
            try await eventually("the second write") { scene.database.writes.last == "write here:web 2" }
            #expect(scene.database.body("here:web").contains("9-b"))
            try await scene.idle(until: .seconds(30))
            #expect(scene.database.writes.count == 3)
        }
    }

    @Test func `services don't wait for each other's second`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            try scene.show("1-a", of: "api")
            try await eventually("the other service") { scene.database.writes.last == "write here:api 1" }
        }
    }

    @Test func `a sign of life comes every minute, and nothing else while nothing changes`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            scene.clock.advance(by: .seconds(30))
            try await scene.idle(until: .seconds(60))
            for beat in 2...4 {
                scene.clock.advance(by: .seconds(beat == 2 ? 30 : 60))
                try await eventually("sign of life \(beat)") {
                    scene.database.writes.last == "write here:@daemon \(beat)"
                }
                try await scene.idle(until: .seconds(60 * beat))
            }
            #expect(scene.database.calls.count == 6)
        }
    }

    @Test func `a document that somebody else wrote is read and written over`() async throws {
        let database = FakeStatusDatabase()
        try await publishing(into: database) { scene in
            try await scene.idle(until: .seconds(30))
            database.put("here:web")
            scene.clock.advance(by: .seconds(5))
            try scene.show("2-b")
            try await eventually("the document is ours again") { database.body("here:web").contains("2-b") }
            #expect(database.calls.suffix(3) == ["write here:web 3", "read here:web", "write here:web 3"])
            #expect(scene.board.statusDatabase?.problem == nil)
        }
    }

    @Test func `while the database is away it is tried less and less often, and then only the newest is written`()
        async throws
    {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            scene.database.fail(.unavailable("connection refused"))
            scene.clock.advance(by: .seconds(2))
            try scene.show("2-b")
            var last = Duration.zero
            for attempt in 1...8 {
                try await eventually("a pause") {
                    scene.clock.deadlines.count == 1 && scene.clock.deadlines[0] > scene.clock.now.offset
                        && scene.board.statusDatabase?.problem != nil
                }
                let pause = scene.clock.deadlines[0] - scene.clock.now.offset
                #expect(pause <= .seconds(60))
                #expect(attempt > 6 || pause > last, "attempt \(attempt)")
                last = pause
                let calls = scene.database.calls.count
                // What happens to services meanwhile waits for nobody, and asks nothing of the database.
                try scene.show("\(attempt + 2)-c")
                #expect(scene.database.calls.count == calls)
                scene.clock.advance(by: pause)
                try await eventually("another attempt") { scene.database.calls.count > calls }
            }
            #expect(scene.board.statusDatabase?.problem == "connection refused")
            scene.database.fail(nil)
            try await eventually("a pause") { scene.clock.deadlines.first ?? .zero > scene.clock.now.offset }
            let writes = scene.database.writes.count
            scene.clock.advance(by: .seconds(60))
            try await eventually("the newest") { scene.database.body("here:web").contains("10-c") }
            #expect(scene.database.writes.dropFirst(writes).filter { $0.contains("here:web") }.count == 1)
            #expect(scene.log.lines.filter { $0.hasPrefix("warning") }.count == 1)
            try await eventually("that it works again") { scene.log.lines.filter { $0.hasPrefix("notice") }.count == 2 }
        }
    }

    @Test func `what needs a person is tried again after a minute at the earliest`() async throws {
        let database = FakeStatusDatabase()
        database.fail(.refused("no such database"))
        try await publishing(into: database) { scene in
            try await eventually("a pause") { scene.clock.deadlines.count == 1 }
            #expect(scene.clock.deadlines[0] >= .seconds(60))
            database.fail(nil)
            scene.clock.advance(by: .seconds(75))
            try await eventually("all of it") { database.ids == ["here:@daemon", "here:web"] }
        }
    }

    @Test func `the document of a service that is gone is removed`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            try scene.hide()
            try await eventually("its removal") { scene.database.ids == ["here:@daemon"] }
            try scene.show("3-c")
            try await eventually("its return") { scene.database.ids == ["here:@daemon", "here:web"] }
        }
    }

    @Test func `documents of an earlier run stay until it is sure that their services are gone`() async throws {
        let database = FakeStatusDatabase()
        for id in ["here:old", "here:web", "there:old", "here2:old"] { database.put(id) }
        try await publishing(into: database) { scene in
            try await scene.idle(until: .seconds(30))
            #expect(database.ids.contains("here:old"))
            #expect(database.body("here:web").contains("1-a"))
            scene.clock.advance(by: .seconds(30))
            try await eventually("its removal") { !database.ids.contains("here:old") }
            #expect(database.ids == ["here2:old", "here:@daemon", "here:web", "there:old"])
        }
    }

    @Test func `a database that was made anew gets everything again`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            scene.database.empty()
            scene.database.fail(.refused("there is no database"))
            scene.clock.advance(by: .seconds(60))
            try await eventually("that it is noticed") { scene.board.statusDatabase?.problem != nil }
            scene.database.fail(nil)
            try await eventually("a pause") { scene.clock.deadlines.first ?? .zero > scene.clock.now.offset }
            scene.clock.advance(by: .seconds(60))
            try await eventually("all of it") { scene.database.ids == ["here:@daemon", "here:web"] }
        }
    }

    @Test func `a document that was removed or changed by somebody is restored`() async throws {
        try await publishing { scene in
            try await scene.idle(until: .seconds(30))
            scene.database.put("here:web", "nonsense")
            for _ in 1...10 {
                try await eventually("waiting") { scene.clock.deadlines.first ?? .zero > scene.clock.now.offset }
                scene.clock.advance(by: .seconds(60))
            }
            try await eventually("what it was") { scene.database.body("here:web").contains("1-a") }
        }
    }

    @Test func `what containers wrote stays on the host`() throws {
        let status = """
            {"name": "web", "state": "failed", "virtual_services": [], "backends": [], "warnings": [],
             "failed": [{"revision": "1-a", "phase": "healthy", "message": "not healthy", "last_log": ["password=hunter2"]}]}
            """
        let service = try JSONDecoder().decode(ServiceStatus.self, from: Data(status.utf8))
        let published = PublishedStatus(host: "here", at: "2026-09-01T10:00:00Z", status: service)
        let text = String(decoding: try JSONEncoder().encode(published), as: UTF8.self)
        #expect(!text.contains("hunter2"))
        #expect(text.contains("not healthy"))
    }
}
