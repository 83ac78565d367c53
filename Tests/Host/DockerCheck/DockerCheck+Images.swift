import Docker

extension DockerCheck {
    /// Pulls from the registries of the test host, 127.0.0.1:5000 for all and 127.0.0.1:5001 for those who log in.
    static func images(_ client: DockerClient, _ check: Check) async {
        do {
            let image = try await client.inspectImage("web:1")
            check.that("an image is inspected", image?.id.hasPrefix("sha256:") == true, "\(String(describing: image))")
            let missing = try await client.inspectImage("absent/image:9")
            check.that("an image that isn't here is nil", missing == nil)
            for reference in ["127.0.0.1:5000/web:3", "127.0.0.1:5000/large:1"] {
                let lines = ProgressLines()
                try await client.pullImage(reference) { lines.append($0) }
                check.that("the pull of \(reference) tells its progress", lines.all.count > 2, "\(lines.all)")
                print("      \(lines.all.count) lines, the last: \(lines.all.last ?? "")")
                let image = try await client.inspectImage(reference)
                let digest = image?.repoDigests.first { $0.hasPrefix("127.0.0.1:5000/") }
                check.that("\(reference) is here with its digest", digest != nil, "\(String(describing: image))")
                try await client.pullImage(digest ?? reference) { _ in }
            }
        } catch {
            check.failed("images", error)
        }
        let absent: (DockerError) -> Bool = { $0.isNotFound && !$0.isTransient }
        await pull(client, check, "127.0.0.1:5000/web:none", "a tag that the registry doesn't have isn't found", absent)
        await pull(
            client,
            check,
            "127.0.0.1:5000/none:1",
            "an image that the registry doesn't have isn't found",
            absent
        )
        await pull(client, check, "127.0.0.1:5999/web:1", "a registry that doesn't answer is transient") {
            $0.isTransient
        }
        await pull(client, check, "127.0.0.1:5001/web:1", "who doesn't log in is refused for good") { !$0.isTransient }
        let wrong = RegistryAuth(username: "tester", password: "wrong", serverAddress: "127.0.0.1:5001")
        await pull(client, check, "127.0.0.1:5001/web:1", auth: wrong, "a wrong password is refused for good") {
            !$0.isTransient
        }
        do {
            let auth = RegistryAuth(username: "tester", password: "secret", serverAddress: "127.0.0.1:5001")
            try await client.pullImage("127.0.0.1:5001/web:1", auth: auth) { _ in }
            check.that("the right password lets us pull", true)
        } catch {
            check.failed("the right password lets us pull", error)
        }
    }

    private static func pull(
        _ client: DockerClient,
        _ check: Check,
        _ reference: String,
        auth: RegistryAuth? = nil,
        _ what: String,
        _ holds: (DockerError) -> Bool
    ) async {
        await expect(check, what, holds) { () async throws(DockerError) in
            try await client.pullImage(reference, auth: auth) { _ in }
        }
    }
}
