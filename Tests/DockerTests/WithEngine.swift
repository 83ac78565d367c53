import Docker
import NIOPosix
import TestSupport

/// Runs a client against an engine that has API 1.43 and otherwise answers as told.
func withEngine(
    limits: CallLimits = CallLimits(),
    gate: any EngineGate = OpenGate(),
    version: String = #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#,
    respond: @escaping @Sendable (StandInHTTPServer.Request) -> StandInHTTPServer.Answer,
    _ body: (DockerClient, StandInHTTPServer) async throws -> Void
) async throws {
    try await StandInHTTPServer.run { request in
        request.target == "/version" ? .whole(200, version) : respond(request)
    } _: { server in
        let client = DockerClient(
            socketPath: server.socketPath,
            group: MultiThreadedEventLoopGroup.singleton,
            limits: limits,
            gate: gate
        )
        do {
            try await body(client, server)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

/// The error that a call throws; nil if it throws none.
func failure(_ call: () async throws(DockerError) -> Void) async -> DockerError? {
    do {
        try await call()
        return nil
    } catch {
        return error
    }
}
