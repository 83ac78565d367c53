import CouchDB
import Testing
import TestSupport

/// How the source behaves towards a server that fails, on a clock that only moves when told to.
@Suite(.timeLimit(.minutes(5)))
struct CouchDBFaultTests {
    /// A stand-in with one document, and a source on a manual clock that has listed it and is connected.
    private static func connected(
        requestTimeout: Duration = .seconds(120),
        settings: CouchDBSourceSettings = CouchDBSourceSettings(),
        _ body: (StandInCouchDB, ManualClock, EventRecorder) async throws -> Void
    ) async throws {
        let server = try await StandInCouchDB.start(databases: ["services"])
        let first = try await server.put("web", "{\"v\":1}", in: "services")
        let clock = ManualClock()
        let database = DatabaseUnderTest(location: try CouchDBLocation("\(server.baseURL)/services"), server: server)
        try await database.watching(clock: clock, settings: settings, requestTimeout: requestTimeout) { events in
            try await events.expect("listed web@\(first)")
            try await events.expect("connected")
            try await eventually("an open feed") { try await server.feedCount() == 1 }
            try await body(server, clock, events)
        }
        try await server.stop()
    }

    /// Waits for a disconnection, checks its delay, lets it pass, and waits for the new connection.
    private static func expectReconnection(
        after kind: String,
        _ clock: ManualClock,
        _ events: EventRecorder,
        delay: ClosedRange<Duration> = .milliseconds(500)...(.milliseconds(625))
    ) async throws {
        guard case .disconnected(let error, let retryIn) = try await events.next() else {
            Issue.record("expected a disconnection")
            return
        }
        #expect(error.kind == kind, "\(error)")
        #expect(delay.contains(retryIn))
        try await eventually("the source waits") { clock.deadlines.contains(clock.now.offset + retryIn) }
        clock.advance(by: retryIn)
        let seen = try await events.upTo("connected")
        #expect(seen.first?.hasPrefix("listed ") == true)
    }

    @Test func `a feed that says nothing for three heartbeats is given up`() async throws {
        try await Self.connected { server, clock, events in
            try await server.stall()
            try await eventually("the timer") { clock.deadlines == [.seconds(30)] }
            clock.advance(by: .milliseconds(29_999))
            #expect(events.all == [])
            clock.advance(by: .milliseconds(1))
            try await server.resume()
            try await Self.expectReconnection(after: "silent", clock, events)
        }
    }

    @Test func `a sign of life puts the dead-man timer back`() async throws {
        try await Self.connected { server, clock, events in
            try await eventually("the timer") { clock.deadlines == [.seconds(30)] }
            clock.advance(by: .seconds(20))
            let written = try await server.put("api", "{}", in: "services")
            try await events.expect("changed api@\(written)")
            clock.advance(by: .seconds(10))
            try await eventually("a later deadline") { clock.deadlines == [.seconds(50)] }
            #expect(events.all == [])
        }
    }

    @Test func `a cut feed is opened again, and what happened meanwhile is listed`() async throws {
        try await Self.connected { server, clock, events in
            try await server.cutFeeds()
            try await Self.expectReconnection(after: "connection", clock, events)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 404 Object Not Found\r\nContent-Length: 58\r\n\r\n{\"error\":\"not_found\"}\n",
        "zzzz\r\n", "\u{0}\u{1}\u{2}garbage\r\n\r\n",
    ])
    func `framing that can't be parsed is a disconnection`(bytes: String) async throws {
        try await Self.connected { server, clock, events in
            try await server.garbleFeeds(bytes)
            try await Self.expectReconnection(after: "connection", clock, events)
        }
    }

    @Test(arguments: [
        "not json\n", "{}\n", "{\"id\":\"web\"}\n", "[]\n",
        "{\"id\":\"a\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{}}\n",
        "{\"id\":\"a\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{\"_id\":\"b\",\"_rev\":\"1-a\"}}\n", "{\"id\":\"a\n",
        "{\"id\":1,\"changes\":[]}\n", "\"\n", "{\"a\":}\n", "{\"id\":\"\\ud800\"}\n",
    ])
    func `a line that is no row is a disconnection`(line: String) async throws {
        try await Self.connected { server, clock, events in
            try await server.sendOnFeeds(line)
            try await Self.expectReconnection(after: "unreadable", clock, events)
        }
    }

    @Test func `rows without a sequence, split over chunks or repeated are fine`() async throws {
        try await Self.connected { server, _, events in
            let row =
                "{\"seq\":null,\"id\":\"a\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{\"_id\":\"a\",\"_rev\":\"1-a\"}}\n"
            try await server.sendOnFeeds(String(row.prefix(30)))
            try await server.sendOnFeeds(String(row.dropFirst(30)) + "\n" + row)
            try await events.expect("changed a@1-a")
            try await events.expect("changed a@1-a")
        }
    }

    @Test func `a line longer than the limit is a disconnection`() async throws {
        var settings = CouchDBSourceSettings()
        settings.maximumLineLength = 1000
        try await Self.connected(settings: settings) { server, clock, events in
            try await server.sendOnFeeds(String(repeating: "x", count: 1001))
            try await Self.expectReconnection(after: "tooLarge", clock, events)
        }
    }

    @Test func `an orderly end is followed by the next feed at once, from where it ended`() async throws {
        try await Self.connected { server, _, events in
            let first = try await server.put("a", "{}", in: "services")
            try await events.expect("changed a@\(first)")
            try await server.endFeeds()
            let second = try await server.put("b", "{}", in: "services")
            try await events.expect("changed b@\(second)")
            #expect(events.all == [])
            let feeds = try await server.requests().filter { $0.target.contains("feed=continuous") }
            #expect(feeds.count == 2)
            #expect(feeds.first?.target != feeds.last?.target)
        }
    }

    @Test func `a deletion counts only if reading the document confirms it`() async throws {
        try await Self.connected { server, _, events in
            let row = "{\"seq\":null,\"id\":\"web\",\"changes\":[{\"rev\":\"2-x\"}],\"deleted\":true}\n"
            try await server.sendOnFeeds(row)
            guard case .changed(let document) = try await events.next() else {
                Issue.record("expected the document, which is still there")
                return
            }
            #expect(document.id == "web")
            try await server.purge("web", in: "services")
            try await server.sendOnFeeds(row)
            let next = try await server.put("api", "{}", in: "services")
            try await events.expect("changed api@\(next)")
        }
    }

    @Test func `a server that goes down and comes back is found again`() async throws {
        try await Self.connected { server, clock, events in
            try await server.stop()
            guard case .disconnected(_, let first) = try await events.next() else {
                Issue.record("expected a disconnection")
                return
            }
            try await eventually("the source waits") { clock.deadlines == [clock.now.offset + first] }
            clock.advance(by: first)
            guard case .disconnected(let error, let second) = try await events.next() else {
                Issue.record("expected a disconnection")
                return
            }
            #expect(error.kind == "connection")
            #expect(second > first)
            try await server.restart()
            try await eventually("the source waits") { clock.deadlines == [clock.now.offset + second] }
            clock.advance(by: second)
            _ = try await events.upTo("connected")
        }
    }

    @Test func `errors of the server are disconnections and never empty listings`() async throws {
        try await Self.connected { server, clock, events in
            for body in ["{\"error\":\"x\"}", "<html>", ""] {
                try await server.answerNext(503, body)
                try await server.cutFeeds()
                guard case .disconnected(_, let first) = try await events.next() else { return }
                try await eventually("the source waits") { clock.deadlines == [clock.now.offset + first] }
                clock.advance(by: first)
                try await Self.expectReconnection(
                    after: "unexpectedStatus",
                    clock,
                    events,
                    delay: .milliseconds(500)...(.seconds(30))
                )
            }
        }
    }

    @Test func `cancellation ends it promptly`() async throws {
        try await Self.connected { server, _, _ in try await server.stall() }
    }

    @Test func `behind a proxy that buffers, documents are listed, and the source is never taken for connected`()
        async throws
    {
        let server = try await StandInCouchDB.start(databases: ["services"])
        let first = try await server.put("web", "{\"v\":1}", in: "services")
        try await server.bufferFeeds()
        let clock = ManualClock()
        let database = DatabaseUnderTest(location: try CouchDBLocation("\(server.baseURL)/services"), server: server)
        try await database.watching(clock: clock) { events in
            for round in 1...2 {
                try await events.expect("listed web@\(first)")
                try await eventually("the timer") { clock.deadlines == [clock.now.offset + .seconds(30)] }
                clock.advance(by: .seconds(30))
                guard case .disconnected(let error, let delay) = try await events.next() else {
                    Issue.record("expected a disconnection")
                    return
                }
                #expect(error == .silent(.seconds(30)))
                #expect("\(error)".contains("no heartbeat arrived for 30s"))
                #expect("\(error)".contains("proxy_buffering off"))
                guard round == 1 else { break }
                try await eventually("the source waits") { clock.deadlines.contains(clock.now.offset + delay) }
                clock.advance(by: delay)
            }
        }
        try await server.stop()
    }

    @Test func `behind a proxy that holds back the head, too, it is said to buffer`() async throws {
        let server = try await StandInCouchDB.start(databases: ["services"])
        let first = try await server.put("web", "{\"v\":1}", in: "services")
        try await server.holdFeedHeads()
        let limit = Duration.seconds(2)
        let database = DatabaseUnderTest(location: try CouchDBLocation("\(server.baseURL)/services"), server: server)
        try await database.watching(clock: ManualClock(), requestTimeout: limit) { events in
            try await events.expect("listed web@\(first)")
            guard case .disconnected(let error, _) = try await events.next() else {
                Issue.record("expected a disconnection")
                return
            }
            #expect(error == .silent(limit))
            #expect("\(error)".contains("proxy_buffering off"))
        }
        try await server.stop()
    }

    @Test(arguments: [
        ("12", "12"), ("\"12-g1AAAA\"", "12-g1AAAA"), ("[12,\"g1AAAA\"]", "%5B12%2C%22g1AAAA%22%5D"), ("0", "0"),
    ])
    func `a sequence of any JSON type is handed back as it came`(sent: String, asked: String) async throws {
        try await Self.connected { server, clock, events in
            try await server.answerNext(200, "{\"results\":[],\"last_seq\":\(sent),\"pending\":0}")
            try await server.cutFeeds()
            guard case .disconnected(_, let delay) = try await events.next() else { return }
            try await eventually("the source waits") { clock.deadlines.contains(clock.now.offset + delay) }
            clock.advance(by: delay)
            try await eventually("a feed from there") {
                try await server.requests().contains {
                    $0.target.contains("feed=continuous") && $0.target.hasSuffix("&since=\(asked)")
                }
            }
        }
    }

    @Test func `a feed that ends with a number is followed by the next from there`() async throws {
        try await Self.connected { server, _, events in
            try await server.sendOnFeeds(
                "{\"seq\":4,\"id\":\"a\",\"changes\":[{\"rev\":\"1-a\"}],\"doc\":{\"_id\":\"a\",\"_rev\":\"1-a\"}}\n"
            )
            try await events.expect("changed a@1-a")
            try await server.sendOnFeeds("{\"last_seq\":5,\"pending\":0}\n")
            try await eventually("a feed from there") {
                try await server.requests().contains { $0.target.hasSuffix("&since=5") }
            }
        }
    }
}
