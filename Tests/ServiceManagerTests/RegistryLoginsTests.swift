import Docker
import Foundation
import ServiceManager
import ServiceModel
import Testing

/// `docker login`'s file.
@Suite struct RegistryLoginsTests {
    private func logins(_ json: String, _ image: String) async throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "logins-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "config.json")
        try Data(json.utf8).write(to: file)
        return try await RegistryLogins(path: file.path).login(for: image).map { login in
            login.identityToken.map { "\(login.username) with token \($0)" } ?? "\(login.username):\(login.password)"
        }
    }

    @Test(
        arguments: [
            ("registry.example.org:5000/app:1", "anna:secret:with colon"), ("localhost/app", nil),
            ("team/app", "hub:pw"), ("nginx", "hub:pw"), ("ghcr.io/app", " with token abc"),
            ("shop.azurecr.io/app", "0000 with token def"),
        ] as [(String, String?)]
    )
    func `the login of an image is that of its registry`(image: String, login: String?) async throws {
        let json = """
            {"auths": {"registry.example.org:5000": {"auth": "YW5uYTpzZWNyZXQ6d2l0aCBjb2xvbg=="},
             "https://index.docker.io/v1/": {"auth": "aHViOnB3"}, "ghcr.io": {"identitytoken": "abc"},
             "shop.azurecr.io": {"auth": "MDAwMDo=", "identitytoken": "def"}}}
            """
        #expect(try await logins(json, image) == login)
    }

    @Test func `without the file no registry has a login`() async throws {
        #expect(try await RegistryLogins(path: "/nonexistent/config.json").login(for: "nginx") == nil)
    }

    @Test(arguments: [
        "[]", "{", #"{"auths": {"r.example.org": {"auth": "%%%"}}}"#,
        #"{"auths": {"r.example.org": {"auth": "YW5uYQ=="}}}"#,
    ])
    func `a file that makes no sense is named, and nothing of its content is`(json: String) async throws {
        let error = await #expect(throws: Failure.self) { try await logins(json, "r.example.org/app") }
        #expect(error?.message.contains("config.json") == true)
        #expect(error?.message.contains("YW5uYQ") == false)
    }

    /// Runs a body with a credential helper that is this shell script.
    private func withHelper(
        _ script: String,
        environment: [String: String] = [:],
        _ body: (RegistryLogins) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "helper-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let helper = folder.appending(path: "docker-credential-test")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: helper)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: helper.path)
        let file = folder.appending(path: "config.json")
        try Data(#"{"credHelpers": {"r.example.org": "test"}}"#.utf8).write(to: file)
        try await body(
            RegistryLogins(path: file.path, environment: environment, folders: [folder.path, "/bin", "/usr/bin"])
        )
    }

    @Test func `a credential helper has a home, and the daemon's environment but for what is the daemon's alone`()
        async throws
    {
        let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        let environment = RegistryLogins.environment(
            of: [
                "AWS_REGION": "eu", "NOTIFY_SOCKET": "/n", "COUCHDB_URL": "http://a:b@c/d", "LISTEN_FDS": "3",
                "PATH": "/x",
            ],
            home: home.path
        )
        let script = #"""
            read registry
            [ -d "$HOME" ] || exit 3
            [ -z "$NOTIFY_SOCKET$COUCHDB_URL$LISTEN_FDS" ] || exit 4
            printf '{"Username": "%s", "Secret": "%s"}' "$HOME" "$AWS_REGION $registry $1"
            """#
        try await withHelper(script, environment: environment) { logins in
            let login = try #require(try await logins.login(for: "r.example.org/app"))
            #expect(login.username == home.path)
            #expect(login.password == "eu r.example.org get")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: home.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect(RegistryLogins.environment(of: ["HOME": "/srv"], home: "/nonexistent/home")["HOME"] == "/srv")
    }

    @Test func `a credential helper's token is no password`() async throws {
        try await withHelper(#"echo '{"Username": "<token>", "Secret": "abc"}'"#) { logins in
            let login = try #require(try await logins.login(for: "r.example.org/app"))
            #expect(login.identityToken == "abc")
            #expect(login.username.isEmpty && login.password.isEmpty)
        }
    }

    @Test func `a file that is no file is named, and nobody waits for it`() async throws {
        let error = await #expect(throws: Failure.self) {
            try await RegistryLogins(path: "/dev/zero").login(for: "nginx")
        }
        #expect(
            error?.message
                == "/dev/zero, the logins of registries, can't be read: expected a regular file, found a device"
        )
    }
}
