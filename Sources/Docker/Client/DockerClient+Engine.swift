import NIOHTTP1

extension DockerClient {
    /// Asks for a sign of life, with `GET /_ping`.
    package func ping() async throws(DockerError) {
        let call = Call(.GET, "/_ping")
        _ = try await TimeLimit.run(call.name, limits.query) { (_) async throws(DockerError) in
            try await fetch(call, prefix: "")
        }
    }

    /// What the engine says about itself and its host.
    ///
    /// The engine counts all containers for this, which takes a while if there are many.
    package func info() async throws(DockerError) -> EngineInfo {
        try await decode(EngineInfo.self, from: Call(.GET, "/info"), limit: limits.query)
    }
}
