import ControlAPI
import ControlServer
import Logging
import NIOPosix

/// Runs a server on a listening descriptor for the time of `body`, and ends it.
func serving<Result: Sendable>(
    _ backend: StandInBackend,
    descriptor: CInt,
    limits: ControlLimits = ControlLimits(),
    isWriter: @escaping @Sendable (PeerCredentials) -> Bool = { _ in true },
    _ body: () async throws -> Result
) async throws -> Result {
    let server = ControlServer(
        backend: backend,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
        limits: limits,
        isWriter: isWriter
    )
    return try await withThrowingTaskGroup { group in
        group.addTask { try await server.run(descriptor: descriptor) }
        let result = try await body()
        group.cancelAll()
        return result
    }
}

/// Runs a server on a socket of its own for the time of `body`, and ends it.
func serving<Result: Sendable>(
    _ backend: StandInBackend,
    limits: ControlLimits = ControlLimits(),
    isWriter: @escaping @Sendable (PeerCredentials) -> Bool = { _ in true },
    _ body: (_ socket: String) async throws -> Result
) async throws -> Result {
    let socket = try ListeningSocket()
    let path = socket.path
    let result = try await serving(backend, descriptor: socket.descriptor, limits: limits, isWriter: isWriter) {
        try await body(path)
    }
    withExtendedLifetime(socket) {}
    return result
}
