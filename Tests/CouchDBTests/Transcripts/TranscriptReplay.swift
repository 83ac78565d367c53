import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import TestSupport

/// Sends recorded requests to the stand-in and compares the answers.
final class TranscriptReplay: Sendable {
    let server: StandInCouchDB
    /// Recorded sequence strings and what the stand-in calls them.
    private let sequences = Mutex<[String: String]>([:])
    /// The latest revision of each path that a step wrote.
    private let revisions = Mutex<[String: String]>([:])

    private let http: HTTPClient

    private init(server: StandInCouchDB) {
        self.server = server
        http = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: .init(redirectConfiguration: .disallow)
        )
    }

    func stop() async throws {
        try await http.shutdown()
        try await server.stop()
    }

    static func start(speed: Int) async throws -> TranscriptReplay {
        let server = try await StandInCouchDB.start(administrators: ["admin": "lab-secret"])
        for user in ["lab_reader", "lab_outsider", "lab_locked"] { try await server.setPassword("pw", of: user) }
        try await server.setSpeed(speed)
        return TranscriptReplay(server: server)
    }

    /// Does what the recorder did beside the recording.
    func perform(_ step: String) async throws {
        let parts = step.split(separator: " ", maxSplits: 2).map(String.init)
        switch parts[0] {
        case "RESTART":
            try await server.stop()
            await #expect(throws: (any Error).self) { try await open("GET", "/", headers: [], body: "") }
            return try await server.restart()
        case "REQUIRE": return try await server.setRequiresUser(true)
        case "FORGET": return try await server.setPassword(nil, of: parts[1])
        case "PUT" where parts[1].hasPrefix("/_"): return try await server.createDatabase(String(parts[1].dropFirst()))
        default: break
        }
        let path = parts[1].split(separator: "?").first.map(String.init) ?? ""
        let revision = revisions.withLock { $0[path] } ?? ""
        let answer = try await send(
            parts[0],
            parts[1].replacing("REV", with: revision),
            headers: [("Authorization", "Basic YWRtaW46bGFiLXNlY3JldA=="), ("Content-Type", "application/json")],
            body: parts.count > 2 ? parts[2].replacing("REV", with: revision) : ""
        )
        #expect((200...202).contains(Int(answer.head.status.code)), "\(step): \(answer.text)")
        if let written = (try? StandInCouchDBJSONParser.parse(answer.text))?["rev"]?.string {
            revisions.withLock { $0[path] = written }
        }
        if parts[1] == "/lab_auth" { try await server.restrict("lab_auth", to: ["lab_reader"]) }
    }

    func compareAnswer(_ exchange: Transcript.Exchange) async throws {
        let body = try #require(exchange.requestBody)
        let recorded = exchange.body ?? ""
        let answer = try await send(exchange.method, translated(exchange.path), headers: exchange.headers, body: body)
        let place: Comment = "exchange \(exchange.number): \(exchange.method) \(exchange.path)"
        let isFiltered = exchange.path.contains("filter=")
        #expect(Int(answer.head.status.code) == exchange.status, place)
        #expect(
            TranscriptComparison.normalized(answer.text, isFiltered: isFiltered)
                == TranscriptComparison.normalized(recorded, isFiltered: isFiltered),
            place
        )
        #expect(answer.head.headers.contains(name: "Transfer-Encoding") == exchange.isChunked, place)
        for name in ["Content-Type", "WWW-Authenticate"] where exchange.status != 301 && exchange.status != 304 {
            #expect(answer.head.headers[name].first == exchange.responseHeaders[name], place)
        }
        let recordedTag = exchange.responseHeaders["ETag"].flatMap { $0.contains("-") ? $0 : nil }
        if !exchange.isChunked { #expect(answer.head.headers["ETag"].first == recordedTag, place) }
        let location = answer.head.headers["Location"].first?.replacing(server.baseURL, with: "http://127.0.0.1:5984")
        #expect(location == exchange.responseHeaders["Location"], place)
        learn(recorded: recorded, answered: answer.text)
    }

    /// Replays a feed: opens it, does what was done meanwhile, one after the other, and compares the rows.
    func compareFeed(_ exchange: Transcript.Exchange, during steps: [String]) async throws {
        let place: Comment = "feed \(exchange.number): \(exchange.path)"
        let recorded = exchange.feed ?? ""
        let expected = TranscriptComparison.normalizedLines(recorded)
        let received = ReceivedText()
        // The recorder was quicker than a feed's timeout; this machine may not be.
        try await server.holdTimeouts(!steps.isEmpty)
        let response = try await open(
            exchange.method,
            translated(exchange.path),
            headers: exchange.headers,
            body: exchange.requestBody ?? ""
        )
        #expect(Int(response.status.code) == exchange.status, place)
        if exchange.status != 200 {
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(text == exchange.body, place)
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await chunk in response.body { received.append(String(buffer: chunk)) }
            }
            try await eventually("the first bytes of a feed") { !received.text.isEmpty }
            // The stand-in writes the line of a change before it takes the next request: two changes are never one line.
            for step in steps { try await perform(step) }
            try await server.holdTimeouts(false)
            try await eventually("as many lines as were recorded") {
                TranscriptComparison.normalizedLines(received.text).count >= expected.count
            }
            if exchange.endsInOrder { try await group.next() } else { group.cancelAll() }
        }
        let text = received.text
        #expect(TranscriptComparison.normalizedLines(text).sorted() == expected.sorted(), place)
        learn(recorded: recorded, answered: text)
    }

    private func learn(recorded: String, answered: String) {
        let pairs = TranscriptComparison.sequences(recorded: recorded, answered: answered)
        sequences.withLock { $0.merge(pairs) { _, later in later } }
    }

    private func translated(_ path: String) -> String {
        guard let mark = path.firstRange(of: "since=") else { return path }
        let value = path[mark.upperBound...].prefix { $0 != "&" }
        let bare = String(value).replacing("%22", with: "")
        guard let ours = sequences.withLock({ $0[bare] }) else { return path }
        return path.replacing(bare, with: ours)
    }

    private func send(
        _ method: String,
        _ path: String,
        headers: [(name: String, value: String)],
        body: String
    ) async throws -> (head: HTTPClientResponse, text: String) {
        let response = try await open(method, path, headers: headers, body: body)
        return (response, String(buffer: try await response.body.collect(upTo: 16 << 20)))
    }

    private func open(
        _ method: String,
        _ path: String,
        headers: [(name: String, value: String)],
        body: String
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server.baseURL + path)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers where !["Transfer-Encoding", "Connection"].contains(name) {
            request.headers.add(name: name, value: value)
        }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        return try await http.execute(request, timeout: .seconds(120))
    }
}

/// What has come on a feed so far.
private final class ReceivedText: Sendable {
    private let buffer = Mutex("")

    var text: String { buffer.withLock { $0 } }

    func append(_ more: String) { buffer.withLock { $0 += more } }
}
