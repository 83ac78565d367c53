import CouchDB
import Foundation
import NIOSSL
import TestSupport
import Testing

/// The client over TLS, towards servers that are and aren't who they should be.
@Suite(.timeLimit(.minutes(5)))
struct CouchDBTLSTests {
    private static func file(_ name: String) -> String { Bundle.module.bundlePath + "/tls/" + name }

    /// A server on localhost with one of the certificates in `Fixtures/tls`.
    private static func serving(
        _ certificate: String = "server",
        administrators: [String: String] = [:],
        _ body: (StandInCouchDB) async throws -> Void
    ) async throws {
        let chain = try NIOSSLCertificate.fromPEMFile(file("\(certificate).pem")).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: file("server.key"), format: .pem)
        let server = try await StandInCouchDB.start(
            administrators: administrators,
            databases: ["services"],
            tls: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        )
        let result: Result<Void, any Error>
        do {
            try await body(server)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await server.stop()
        try result.get()
    }

    private static func location(
        _ server: StandInCouchDB,
        host: String = "localhost",
        credentials: String = "",
        authority: String? = "ca.pem"
    ) throws -> CouchDBLocation {
        try CouchDBLocation(
            "https://\(credentials)\(host):\(server.port)/services",
            certificateAuthorityFile: authority.map(file)
        )
    }

    /// How reading the documents failed.
    private static func failure(at location: CouchDBLocation) async throws -> CouchDBError? {
        var failure: CouchDBError?
        try await DatabaseUnderTest(location: location, server: nil).withClient { client in
            failure = await #expect(throws: CouchDBError.self) { try await client.allDocuments() }
        }
        return failure
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a server whose certificate the given authority signed is believed, and followed`(host: String) async throws {
        try await Self.serving { server in
            let first = try await server.put("web", "{}", in: "services")
            let location = try Self.location(server, host: host)
            try await DatabaseUnderTest(location: location, server: server).watching { events in
                try await events.expect("listed web@\(first)")
                try await events.expect("connected")
                let second = try await server.put("web", "{\"v\":2}", in: "services")
                try await events.expect("changed web@\(second)")
            }
        }
    }

    @Test(arguments: ["other-ca.pem", nil])
    func `a server that an unknown authority vouches for is refused, and the setting is named`(
        authority: String?
    ) async throws {
        try await Self.serving { server in
            let error = try await Self.failure(at: try Self.location(server, authority: authority))
            #expect(error == .tls(operation: "listing documents", .unverified))
            #expect(error?.description.contains("couchdb_ca_file") == true)
            #expect(try await server.requests().isEmpty)
        }
    }

    @Test func `a certificate for another host is refused`() async throws {
        try await Self.serving("other-name") { server in
            let error = try await Self.failure(at: try Self.location(server))
            #expect(error == .tls(operation: "listing documents", .otherHost))
            #expect(error?.description.contains("is for another host") == true)
            #expect(try await server.requests().isEmpty)
        }
    }

    @Test func `a certificate that has expired is refused`() async throws {
        try await Self.serving("expired") { server in
            let error = try await Self.failure(at: try Self.location(server))
            #expect(error == .tls(operation: "listing documents", .unverified))
            #expect(error?.description.contains("the certificate's dates") == true)
        }
    }

    @Test(arguments: ["README.md", "nothing.pem"])
    func `a file that holds no authority is named as that`(file: String) async throws {
        try await Self.serving { server in
            let error = try await Self.failure(at: try Self.location(server, authority: file))
            #expect(error == .tls(operation: "listing documents", .authorityFile))
        }
    }

    @Test func `a server that doesn't speak TLS is told from one that isn't there`() async throws {
        let server = try await StandInCouchDB.start(databases: ["services"])
        let error = try await Self.failure(at: try Self.location(server))
        try await server.stop()
        guard case .tls(_, .handshake) = error else {
            Issue.record("expected a failed handshake, found \(String(describing: error))")
            return
        }
    }

    @Test func `a server of which the certificate isn't trusted is tried again with a back-off`() async throws {
        try await Self.serving("expired") { server in
            let clock = ManualClock()
            let location = try Self.location(server)
            try await DatabaseUnderTest(location: location, server: server).watching(clock: clock) { events in
                var last = Duration.zero
                for _ in 1...4 {
                    guard case .disconnected(.tls, let delay) = try await events.next() else {
                        Issue.record("expected a refusal")
                        return
                    }
                    #expect(delay > last)
                    last = delay
                    try await eventually("the source waits") { clock.deadlines == [clock.now.offset + delay] }
                    clock.advance(by: delay)
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `credentials from the URL or from a file go along inside TLS`(isFile: Bool) async throws {
        let path = NSTemporaryDirectory() + "couchdb-credentials-\(UUID().uuidString)"
        try Data("reader:pa:ss@w/örd\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Self.serving(administrators: ["admin": "secret"]) { server in
            try await server.restrict("services", to: ["reader"])
            try await server.setPassword("pa:ss@w/örd", of: "reader")
            let inURL = try Self.location(server, credentials: "reader:pa%3Ass%40w%2F%C3%B6rd@")
            let fromFile = try CouchDBLocation(
                "https://nobody:wrong@localhost:\(server.port)/services",
                credentials: CouchDBCredentials(contentsOfFile: path),
                certificateAuthorityFile: Self.file("ca.pem")
            )
            let location = isFile ? fromFile : inURL
            #expect(!"\(location)".contains("reader"))
            try await DatabaseUnderTest(location: location, server: server).withClient { client in
                let documents = try await client.allDocuments()
                #expect(documents == [])
            }
            for refused in [try Self.location(server), try Self.location(server, credentials: "reader:wrong@")] {
                let error = try await Self.failure(at: refused)
                #expect(error?.kind == "unauthorized")
            }
        }
    }
}
