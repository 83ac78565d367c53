import Docker
import Foundation
import TestSupport
import Testing

@Suite struct PullFailureTests {
    @Test(arguments: [
        ("manifest for app:9 not found: manifest unknown: manifest unknown", true, false),
        ("pull access denied, repository does not exist or may require authorization", false, false),
        ("unauthorized: authentication required", false, false),
        ("write /var/lib/docker/tmp: no space left on device", false, true),
        ("net/http: TLS handshake timeout", false, true),
    ])
    func `only what may pass is transient`(message: String, notFound: Bool, transient: Bool) async throws {
        try await withEngine { _ in
            .chunks([Array(#"{"errorDetail":{"message":"\#(message)"},"error":"\#(message)"}"#.utf8) + [10]])
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in try await client.pullImage("app:9") { _ in } }
            #expect(error?.isNotFound == notFound)
            #expect(error?.isTransient == transient)
            #expect(error?.description.contains(message) == true)
        }
    }

    @Test(arguments: [
        ("Head \\\"http://r/v2/web/manifests/1\\\": no basic auth credentials", false),
        ("unauthorized: authentication required", false),
        ("Get \\\"http://r/v2/\\\": dial tcp 127.0.0.1:5999: connect: connection refused", true),
    ])
    func `a refusal that comes as a failure of the engine's is for good`(message: String, transient: Bool) async throws
    {
        try await withEngine { _ in
            .whole(500, #"{"message":"\#(message)"}"#)
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in try await client.pullImage("r/web") { _ in } }
            #expect(error?.isTransient == transient)
        }
    }

    @Test func `credentials go along, and are never shown`() async throws {
        let auth = RegistryAuth(username: "tester", password: "geheim??>", serverAddress: "127.0.0.1:5001")
        try await withEngine { _ in
            .chunks([])
        } _: { client, server in
            try await client.pullImage("127.0.0.1:5001/web", auth: auth) { _ in }
            let expected =
                "eyJwYXNzd29yZCI6ImdlaGVpbT8_PiIsInNlcnZlcmFkZHJlc3MiOiIxMjcuMC4wLjE6NTAwMSIsInVzZXJuYW1lIjoidGVzdGVyIn0="
            #expect(server.requests.last?.registryAuth == expected)
        }
        var dumped = ""
        dump(auth, to: &dumped)
        for text in [dumped, "\(auth)", String(reflecting: auth)] { #expect(!text.contains("geheim")) }
    }

    @Test func `an identity token goes along as one, without a password`() async throws {
        func header(_ auth: RegistryAuth) async throws -> String? {
            var sent: String?
            try await withEngine { _ in
                .chunks([])
            } _: { client, server in
                try await client.pullImage("r/web", auth: auth) { _ in }
                sent = server.requests.last?.registryAuth
            }
            return sent.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        // As `docker login` keeps it, and as a credential helper answers.
        let login = RegistryAuth(identityToken: "abc", username: "0000", serverAddress: "r")
        #expect(try await header(login) == #"{"identitytoken":"abc","serveraddress":"r","username":"0000"}"#)
        let helper = RegistryAuth(identityToken: "abc", username: "<token>", serverAddress: "r")
        #expect(try await header(helper) == #"{"identitytoken":"abc","serveraddress":"r"}"#)
        var dumped = ""
        dump(login, to: &dumped)
        #expect(!dumped.contains("abc") && !"\(login)".contains("abc"))
    }

    @Test func `a cancelled pull lets go of its connection`() async throws {
        try await withEngine { _ in
            .stall([Array("{\"status\":\"Pulling\"}\n".utf8)])
        } _: { client, server in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let error = await withTaskGroup(of: DockerError?.self) { group in
                group.addTask {
                    await failure { () async throws(DockerError) in
                        try await client.pullImage("app") { _ in start.yield() }
                    }
                }
                for await _ in started { break }
                group.cancelAll()
                return await group.next() ?? nil
            }
            guard case .cancelled = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            try await eventually("the pull's connection is closed") { server.openConnections <= 1 }
        }
    }
}
