import BlockingCalls
package import Docker
import FoundationEssentials
import HostNetwork
import ImageReferences
package import ServiceModel

/// The logins of registries, from a `config.json` as `docker login` writes it.
///
/// `auths`, `credHelpers` and `credsStore` of docker-config(5). The file is read for each pull, so a new login takes effect at
/// once. Its content is never shown.
package struct RegistryLogins: Sendable {
    /// The file.
    package let path: String

    private let helpers: ProcessRunner

    /// - Parameters:
    ///   - path: The file. If it is missing, no registry has a login.
    ///   - environment: The environment of credential helpers, `HOME` above all.
    ///   - folders: Where helpers are searched; nil for the usual folders.
    package init(path: String, environment: [String: String] = [:], folders: [String]? = nil) {
        self.path = path
        var helpers = ProcessRunner(timeLimit: .seconds(20), outputLimit: 1 << 20, environment: environment)
        if let folders { helpers.folders = folders }
        self.helpers = helpers
    }

    /// The file's folder, which `docker --config` takes.
    var folder: String { path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } }

    /// The login for an image's registry; nil when there is none.
    ///
    /// - Throws: `Failure` when the file is invalid, or a credential helper fails.
    package func login(for image: String) async throws(Failure) -> RegistryAuth? {
        guard let content = try await content() else { return nil }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(content))
        } catch {
            throw Failure(
                "\(path) is invalid: expected JSON as `docker login` writes it. Correct it, or move it away"
            )
        }
        let registry = ImageReference(image).registry
        // The login of Docker Hub is stored under a historical address.
        let names =
            registry == ImageReference.hub
            ? [Self.hubKey, "index.docker.io", registry] : [registry, "https://\(registry)"]
        if let helper = names.lazy.compactMap({ file.credHelpers?[$0] }).first ?? file.credsStore {
            return try await ask(helper, names[0])
        }
        guard let entry = names.lazy.compactMap({ file.auths?[$0] }).first else { return nil }
        return try auth(entry, registry, names[0])
    }

    /// What the file holds; nil when there is none.
    private func content() async throws(Failure) -> [UInt8]? {
        let path = path
        let limit = Duration.seconds(10)
        let result = await BlockingPool.files.run(within: limit) {
            Result { () throws(RegularFileError) in try RegularFile.read(path, atMost: 1 << 20) }
        }
        switch result {
        case .success(let content): return content
        case .failure(let error) where error.isMissing: return nil
        case .failure(let error):
            throw Failure("\(path), the logins of registries, can't be read: \(error)", isTransient: true)
        case nil:
            throw Failure(
                "\(path), the logins of registries, couldn't be read within \(limit.shortText): check its file system",
                isTransient: true
            )
        }
    }

    private static let hubKey = "https://index.docker.io/v1/"

    private func auth(_ entry: Entry, _ registry: String, _ address: String) throws(Failure) -> RegistryAuth? {
        if let token = entry.identitytoken, !token.isEmpty {
            // With an identity token, `docker login` stores the user's name beside it, with an empty password.
            let login = entry.auth.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
            let username = String(login.prefix { $0 != ":" })
            return RegistryAuth(identityToken: token, username: username, serverAddress: address)
        }
        guard let text = entry.auth, !text.isEmpty else { return nil }
        guard let data = Data(base64Encoded: text) else {
            throw Failure(
                "\(path): the login of \(registry) isn't base64: log in again with `docker login \(registry)`"
            )
        }
        let login = String(decoding: data, as: UTF8.self)
        guard let colon = login.firstIndex(of: ":") else {
            throw Failure(
                "\(path): the login of \(registry) has no password: log in again with `docker login \(registry)`"
            )
        }
        return RegistryAuth(
            username: String(login[..<colon]),
            password: String(login[login.index(after: colon)...]),
            serverAddress: address
        )
    }

    /// Asks `docker-credential-NAME get`, github.com/docker/docker-credential-helpers.
    private func ask(_ helper: String, _ address: String) async throws(Failure) -> RegistryAuth? {
        guard helper.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 > 0x20 }) else {
            throw Failure("\(path): \"\(helper)\" can't be the name of a credential helper")
        }
        let program = "docker-credential-\(helper)"
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await Helpers.shared.run(helpers, program, ["get"], input: address)
        } catch {
            throw Failure("can't get the login for \(address): \(error)", isTransient: true)
        }
        guard result.exitStatus == 0 else {
            let reason = result.output.split(separator: "\n").first.map(String.init) ?? "no reason given"
            if reason.contains("credentials not found") { return nil }
            throw Failure("\(program) has no login for \(address) (status \(result.exitStatus)): \(reason)")
        }
        guard let login = try? JSONDecoder().decode(HelperLogin.self, from: Data(result.output.utf8)) else {
            throw Failure(
                "\(program) didn't answer with a login for \(address): expected JSON with Username and Secret"
            )
        }
        guard login.Username != RegistryAuth.tokenUsername else {
            return RegistryAuth(identityToken: login.Secret, serverAddress: address)
        }
        return RegistryAuth(username: login.Username, password: login.Secret, serverAddress: address)
    }

    private struct File: Decodable {
        var auths: [String: Entry]?
        var credHelpers: [String: String]?
        var credsStore: String?
    }

    private struct Entry: Decodable {
        var auth: String?
        var identitytoken: String?
    }

    private struct HelperLogin: Decodable {
        var Username: String
        var Secret: String
    }
}

/// Runs credential helpers one after the other, on a thread of their own.
private actor Helpers {
    static let shared = Helpers()

    private let executor = QueueExecutor(label: "credential-helpers")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func run(
        _ runner: ProcessRunner,
        _ program: String,
        _ arguments: [String],
        input: String
    ) throws(ProcessError) -> ProcessResult {
        try runner.run(program, arguments, input: input)
    }
}
