import NIOCore
import NIOHTTP1

extension DockerClient {
    /// Asks the engine which API versions it has, and settles on the newest that both sides know.
    ///
    /// All calls use that version from then on. A call made before does this by itself; calling it again is of use after
    /// the engine was restarted, perhaps upgraded.
    ///
    /// - Returns: The version, such as `1.47`.
    /// - Throws: Among others `otherEngine` for one that only resembles Docker's, whatever versions it claims.
    @discardableResult
    package func negotiate() async throws(DockerError) -> String {
        let call = Call(.GET, "/version")
        let body: ByteBuffer = try await TimeLimit.run(call.name, limits.query) { (_) async throws(DockerError) in
            try await fetch(call, prefix: "")
        }
        let answer = try Self.decode(VersionAnswer.self, from: body, call: call.name)
        if let other = answer.otherEngine {
            version.current = nil
            throw .otherEngine(found: other, socket: socketPath)
        }
        guard let newest = APIVersion(answer.apiVersion) else {
            throw .undecodable(call: call.name, reason: "ApiVersion is \"\(answer.apiVersion)\", no MAJOR.MINOR")
        }
        let oldest = answer.minAPIVersion.flatMap { APIVersion($0) } ?? .oldest
        guard newest >= .oldest, oldest <= .newest else {
            throw .unsupportedVersion(
                found: "\(oldest) to \(newest)",
                supported: "a version from \(APIVersion.oldest) to \(APIVersion.newest)"
            )
        }
        let agreed = min(newest, .newest)
        version.current = agreed
        return agreed.description
    }

    /// The version that was agreed on last, such as `1.47`; nil before, and while the engine may have become another.
    package var agreedVersion: String? { version.current?.description }

    /// Whether an engine answers that isn't Docker's; false also while none does.
    package func isOtherEngine() async -> Bool {
        do throws(DockerError) {
            _ = try await versionPrefix()
            return false
        } catch {
            if case .otherEngine = error { return true }
            return false
        }
    }

    /// What all paths but `/version` start with: `/v1.47`.
    func versionPrefix() async throws(DockerError) -> String {
        if let current = version.current { return "/v\(current)" }
        return "/v" + (try await negotiate())
    }
}

/// What is of use in the answer to `GET /version`.
private struct VersionAnswer: Decodable, Sendable {
    let apiVersion: String
    let minAPIVersion: String?
    /// What the engine consists of; engines before Docker 18 don't say.
    let components: [Component]?

    struct Component: Decodable, Sendable {
        let name: String
        let version: String?

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "Version"
        }
    }

    /// The engine, with its version, if it is one that isn't Docker's.
    ///
    /// Podman claims Docker's API 1.41, and leaves out of it what this project relies on.
    var otherEngine: String? {
        components?.first { $0.name == "Podman Engine" }
            .map { podman in "Podman" + (podman.version.map { " \($0)" } ?? "") }
    }

    private enum CodingKeys: String, CodingKey {
        case apiVersion = "ApiVersion"
        case minAPIVersion = "MinAPIVersion"
        case components = "Components"
    }
}
