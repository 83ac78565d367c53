import Docker
import Foundation
import Addresses
import ServiceManager
import ServiceModel
import Testing

/// Orders that make no sense are refused with what to do instead.
@Suite struct OperatorPlanTests {
    let note = OperatorNote(by: "anna")

    private func refusal(_ order: OperatorOrder, _ rollout: Rollout) -> OperatorRefusal? {
        do throws(OperatorRefusal) {
            _ = try OperatorPlan(order, note, for: rollout) { _ in nil }
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (.retry, "no wanted revision of web failed"), (.resume, "web is neither paused nor rolled back"),
            (.rollback(nil), "web doesn't run"), (.promote, "web has no canary to promote"),
            (.drain("1", isForced: false), "web has no backend 1"),
            (.undrain(nil), "no such backend of web is drained by hand"), (.restart, "nothing of web runs"),
        ] as [(OperatorOrder, String)]
    )
    func `nothing can be asked of a service that doesn't run`(order: OperatorOrder, message: String) throws {
        let refusal = try #require(refusal(order, Rollout(service: try ServiceID("web"))))
        #expect(refusal.message == message)
        #expect(!refusal.next.isEmpty)
    }

    @Test func `a service that is paused isn't paused again, and isn't rolled back`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.managerStarted(nil))
        _ = rollout.handle(.pauseRequested(OperatorNote(by: "bob")))
        #expect(refusal(.pause, rollout)?.message == "web is paused already, by bob")
        #expect(refusal(.rollback(nil), rollout)?.message == "web is paused")
        #expect(try OperatorPlan(.resume, note, for: rollout) { _ in nil }.events == [.resumeRequested])
    }
}

/// Which service has an address.
@Suite struct AddressOwnersTests {
    @Test func `the first that takes an address keeps it until it lets it go`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        let owners = AddressOwners()
        #expect(owners.take(address, for: web) == web)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: api)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: web)
        #expect(owners.take(address, for: api) == api)
    }

    @Test func `what a service had before a restart it has after it`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        #expect(AddressOwners([(web, [address])]).take(address, for: api) == web)
    }
}

/// `docker login`'s file.
@Suite struct RegistryLoginsTests {
    private func logins(_ json: String, _ image: String) async throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "logins-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "config.json")
        try Data(json.utf8).write(to: file)
        return try await RegistryLogins(path: file.path).login(for: image).map { "\($0.username):\($0.password)" }
    }

    @Test(
        arguments: [
            ("registry.example.org:5000/app:1", "anna:secret:with colon"), ("localhost/app", nil),
            ("team/app", "hub:pw"), ("nginx", "hub:pw"), ("ghcr.io/app", "<token>:abc"),
        ] as [(String, String?)]
    )
    func `the login of an image is that of its registry`(image: String, login: String?) async throws {
        let json = """
            {"auths": {"registry.example.org:5000": {"auth": "YW5uYTpzZWNyZXQ6d2l0aCBjb2xvbg=="},
             "https://index.docker.io/v1/": {"auth": "aHViOnB3"}, "ghcr.io": {"identitytoken": "abc"}}}
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
}
