import AsyncHTTPClient
import CouchDB
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Which servers the tests of client and source run against: the stand-in, and a real one where `TEST_COUCHDB_URL` names it.
enum ServerKind: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case standIn = "stand-in"
    case real

    var testDescription: String { rawValue }

    static var available: [ServerKind] { realURL == nil ? [.standIn] : [.standIn, .real] }

    /// `http://user:password@127.0.0.1:5984`, an administrator's.
    static var realURL: String? { ProcessInfo.processInfo.environment["TEST_COUCHDB_URL"] }
}

/// A fresh database on one of the servers, written to as other clients would.
struct DatabaseUnderTest: Sendable {
    let location: CouchDBLocation
    /// The server, if it is the stand-in.
    private let server: StandInCouchDB?

    init(location: CouchDBLocation, server: StandInCouchDB?) {
        self.location = location
        self.server = server
    }

    /// Runs `body` with a database that is there only for it.
    static func with(_ kind: ServerKind, _ body: (DatabaseUnderTest) async throws -> Void) async throws {
        let name = "test_" + UUID().uuidString.lowercased()
        switch kind {
        case .standIn:
            let server = try await StandInCouchDB.start(administrators: ["admin": "secret"])
            let url = server.baseURL.replacing("http://", with: "http://admin:secret@")
            let database = DatabaseUnderTest(location: try CouchDBLocation("\(url)/\(name)"), server: server)
            try await database.create()
            try await body(database)
            try await server.stop()
        case .real:
            guard let base = ServerKind.realURL else { return }
            let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
            let database = DatabaseUnderTest(location: try CouchDBLocation("\(trimmed)/\(name)"), server: nil)
            try await database.create()
            do {
                try await body(database)
            } catch {
                try? await database.drop()
                throw error
            }
            try await database.drop()
        }
    }

    func create() async throws { try await send(.PUT, "", expecting: [201]) }
    func drop() async throws { try await send(.DELETE, "", expecting: [200, 404]) }

    @discardableResult
    func put(_ path: String, _ body: String) async throws -> String {
        try await send(.PUT, "/" + path, body: body, expecting: [200, 201])
    }

    @discardableResult
    func post(_ path: String, _ body: String) async throws -> String {
        try await send(.POST, "/" + path, body: body, expecting: [200, 201])
    }

    @discardableResult
    func delete(_ path: String, _ revision: String) async throws -> String {
        try await send(.DELETE, "/\(path)?rev=\(revision)", expecting: [200])
    }

    /// Sends a request as an administrator; returns the `rev` of the answer, if any.
    @discardableResult
    func send(_ method: HTTPMethod, _ suffix: String, body: String? = nil, expecting: Set<UInt>) async throws -> String
    {
        var request = HTTPClientRequest(url: "\(location)\(suffix)")
        request.method = method
        if let credentials = location.credentials {
            request.headers.add(name: "Authorization", value: credentials.authorization)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let answer = String(buffer: try await response.body.collect(upTo: 1 << 20))
        guard expecting.contains(response.status.code) else {
            throw NeverHappened(description: "\(method) \(suffix): \(response.status) \(answer)")
        }
        return answer.split(separator: "\"rev\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
    }

    /// Runs `body` with a client, which is shut down afterwards.
    func withClient(
        requestTimeout: Duration = .seconds(120),
        _ body: (CouchDBClient) async throws -> Void
    ) async throws {
        let client = CouchDBClient(location: location, requestTimeout: requestTimeout)
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// Runs a source for as long as `body` takes.
    func watching(
        clock: some Clock<Duration> = ContinuousClock(),
        knownIDs: Set<String> = [],
        settings: CouchDBSourceSettings = CouchDBSourceSettings(),
        requestTimeout: Duration = .seconds(120),
        _ body: (EventRecorder) async throws -> Void
    ) async throws {
        try await withClient(requestTimeout: requestTimeout) { client in
            let source = CouchDBSource(
                client: client,
                settings: settings,
                clock: clock,
                generator: FixedGenerator(seed: 1)
            )
            let recorder = EventRecorder()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await source.run(knownIDs: knownIDs) { recorder.record($0) } }
                try await body(recorder)
                group.cancelAll()
            }
        }
    }
}
