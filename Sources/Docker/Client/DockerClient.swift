import AsyncHTTPClient
package import NIOCore
import Synchronization

/// A client of the Docker Engine API over the engine's Unix socket.
///
/// It uses API 1.40 (Docker 19.03) to 1.47 (Docker 27), as described in <https://docs.docker.com/reference/api/engine/>.
/// Calls run concurrently, each with its own time limit. The client may be shared between tasks.
package struct DockerClient: Sendable {
    let socketPath: String
    let limits: CallLimits
    let gate: any EngineGate

    /// For calls that end by themselves.
    let calls: HTTPClient

    /// For streams, on which silence is normal.
    let streams: HTTPClient

    let version = VersionCache()

    /// Makes a client, which connects when it's used.
    ///
    /// - Parameters:
    ///   - socketPath: The engine's socket, usually `/run/docker.sock`.
    ///   - group: The event loops of the connections. It must outlive the client.
    ///   - limits: How long calls may take.
    ///   - gate: Nothing connects while it is closed: calls that end by themselves wait, and their time limits begin when it
    ///     opens; streams, `ping` and `negotiate` fail with `DockerError.stopped`.
    package init(
        socketPath: String,
        group: any EventLoopGroup,
        limits: CallLimits = CallLimits(),
        gate: any EngineGate = OpenGate()
    ) {
        self.socketPath = socketPath
        self.limits = limits
        self.gate = gate
        calls = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: Self.configuration(connections: 256))
        streams = HTTPClient(
            eventLoopGroupProvider: .shared(group),
            configuration: Self.configuration(connections: 1024)
        )
    }

    /// Returns once the engine isn't stopped, or the task is cancelled.
    package func untilEngineRuns() async { await gate.untilOpen(isCertain: true) }

    /// False while the engine is stopped, or about to be.
    package func isEngineRunning() async -> Bool {
        await gate.refresh()
        return gate.isOpen
    }

    /// Closes all connections for good; outstanding calls fail.
    package func shutdown() async throws {
        let closed: Result<Void, any Error>
        do {
            closed = .success(try await streams.shutdown())
        } catch {
            closed = .failure(error)
        }
        try await calls.shutdown()
        try closed.get()
    }

    /// The configuration of both clients.
    ///
    /// - Parameter connections: How many calls may run at a time. Stops last as long as the containers take, and every pull
    ///   holds a connection. So the number is larger than that of a host's calls, and no call waits for another.
    /// - Returns: The configuration.
    private static func configuration(connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            connectionPool: .init(idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: connections),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // Otherwise connecting to a missing socket is retried until the call's limit, instead of being reported.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

extension DockerClient {
    /// The negotiated API version, shared by all copies of the client.
    final class VersionCache: Sendable {
        private let value = Mutex<APIVersion?>(nil)

        var current: APIVersion? {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }
}
