import NIOCore
import NIOHTTP1

extension DockerClient {
    /// Asks the engine which API versions it has, and chooses the newest one that both sides know.
    ///
    /// All later calls use that version. The first call negotiates by itself. Calling this again is useful after the engine was
    /// restarted, and perhaps upgraded.
    ///
    /// - Returns: The version, such as `1.47`.
    /// - Throws: Among others `otherEngine` for an engine that only resembles Docker's, whatever versions it claims.
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
            throw .undecodable(call: call.name, reason: "ApiVersion is \"\(answer.apiVersion)\", expected MAJOR.MINOR")
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

    /// The version that was last negotiated, such as `1.47`; nil before that, and while the engine may have been replaced.
    package var agreedVersion: String? { version.current?.description }

    /// Whether an engine answers that isn't Docker's; false while none answers.
    package func isOtherEngine() async -> Bool {
        do throws(DockerError) {
            _ = try await versionPrefix()
            return false
        } catch {
            if case .otherEngine = error { return true }
            return false
        }
    }

    /// The beginning of all paths except `/version`: `/v1.47`.
    func versionPrefix() async throws(DockerError) -> String {
        if let current = version.current { return "/v\(current)" }
        return "/v" + (try await negotiate())
    }
}

/// The part of the answer to `GET /version` that is used.
private struct VersionAnswer: Decodable, Sendable {
    let apiVersion: String
    let minAPIVersion: String?
    /// The parts of the engine; engines before Docker 18 don't list them.
    let components: [Component]?

    struct Component: Decodable, Sendable {
        let name: String
        let version: String?

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "Version"
        }
    }

    /// The engine, with its version, if it isn't Docker's.
    ///
    /// Podman claims Docker's API 1.41, but lacks parts that this project needs.
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
