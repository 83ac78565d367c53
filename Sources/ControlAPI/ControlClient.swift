import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import NIOPosix
import PercentEncoding
package import ServiceModel

/// A client of the control socket.
package struct ControlClient: Sendable {
    private static let maximumAnswerSize = 64 << 20

    private let http: HTTPClient
    private let socket: String
    private let timeout: Duration

    /// Lends a client for the time of `body`; its connections and its thread end with it.
    ///
    /// - Parameters:
    ///   - socket: The path of the daemon's socket.
    ///   - timeout: How long the head of an answer may take.
    ///   - body: What to do with it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    package static func with<Result>(
        socket: String = ControlRoutes.socket,
        timeout: Duration = .seconds(10),
        _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // No read timeout: a stream is quiet while nothing changes.
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5))
        )
        configuration.httpVersion = .http1Only
        // A daemon that isn't there is to be reported at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroup: group, configuration: configuration)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(ControlClient(http: http, socket: socket, timeout: timeout)))
        } catch {
            outcome = .failure(error)
        }
        // Both can only fail when they were shut down before.
        try? await http.shutdown()
        try? await group.shutdownGracefully()
        return try outcome.get()
    }

    /// The daemon and all services.
    package func status() async throws(ControlError) -> StatusDocument {
        try await collect(.GET, ControlRoutes.status, as: StatusDocument.self)
    }

    /// All hosts that write into the status database.
    ///
    /// - Throws: `refused` with 409 where none is configured, with 503 where it can't be read.
    package func hosts() async throws(ControlError) -> HostsDocument {
        try await collect(.GET, ControlRoutes.hosts, as: HostsDocument.self)
    }

    /// What the daemon finds when it looks at everything that services depend on.
    ///
    /// - Parameter isPreflight: True to look at what any service needs, whatever services there are.
    /// - Returns: What was found.
    /// - Throws: `ControlError` when the daemon doesn't answer.
    package func doctor(isPreflight: Bool = false) async throws(ControlError) -> DoctorDocument {
        try await collect(
            .GET,
            isPreflight ? ControlRoutes.preflight : ControlRoutes.doctor,
            as: DoctorDocument.self
        )
    }

    /// The status in Prometheus' text format.
    package func metrics() async throws(ControlError) -> String {
        let body = try await execute(.GET, ControlRoutes.metrics)
        do {
            return String(buffer: try await body.collect(upTo: Self.maximumAnswerSize))
        } catch {
            throw ControlError(error, socket: socket, timeout: timeout)
        }
    }

    /// One service.
    package func service(_ name: String) async throws(ControlError) -> ServiceStatus {
        try await collect(.GET, ControlRoutes.service(name), as: ServiceStatus.self)
    }

    /// What became of a service's revisions.
    package func history(of name: String) async throws(ControlError) -> HistoryDocument {
        try await collect(.GET, ControlRoutes.history(name), as: HistoryDocument.self)
    }

    /// A service's definition, as it was accepted; root only, as it may hold secrets.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - revision: Which one's, whole or the beginning of it; nil for the one that runs.
    /// - Returns: The definition.
    /// - Throws: `refused` with 404 where there is no such revision, or its definition isn't kept any more.
    package func definition(of name: String, revision: String?) async throws(ControlError) -> DefinitionDocument {
        try await collect(.GET, ControlRoutes.definition(name, revision: revision), as: DefinitionDocument.self)
    }

    /// Asks something of a service; root only.
    ///
    /// - Parameters:
    ///   - verb: What.
    ///   - name: The service.
    ///   - request: The particulars.
    /// - Returns: What follows.
    /// - Throws: `refused` with 409 where it makes no sense now, the reason is a sentence; `rootOnly` for others.
    package func ask(
        _ verb: OperatorVerb,
        of name: String,
        _ request: OperatorRequest = OperatorRequest()
    ) async throws(ControlError) -> OperatorAnswer {
        let body: ByteBuffer
        do {
            body = ByteBuffer(bytes: try JSONEncoder().encode(request))
        } catch {
            throw .unreadable(found: "a request that can't be encoded: \(error)")
        }
        do {
            return try await collect(.POST, ControlRoutes.verb(verb, name), body: body, as: OperatorAnswer.self)
        } catch {
            throw error.whenChanging(with: verb)
        }
    }

    /// The status now, and again whenever something changed.
    package func statusUpdates() async throws(ControlError) -> StatusUpdates {
        StatusUpdates(lines: ControlLines(body: try await execute(.GET, ControlRoutes.statusStream), socket: socket))
    }

    /// The lines that a service's containers wrote.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - revision: Only that one's; nil for the one that serves.
    ///   - tail: How many lines of the past.
    ///   - follow: Whether to wait for more.
    /// - Returns: The lines, oldest first.
    /// - Throws: `refused` with 404 when there is nothing to read from.
    package func logs(
        of name: String,
        revision: String?,
        tail: Int,
        follow: Bool
    ) async throws(ControlError) -> ControlLines {
        let route = ControlRoutes.logs(name, revision: revision, tail: tail, follow: follow)
        return ControlLines(body: try await execute(.GET, route), socket: socket)
    }

    private func collect<Value: Decodable>(
        _ method: HTTPMethod,
        _ route: String,
        body: ByteBuffer = ByteBuffer(),
        as type: Value.Type
    ) async throws(ControlError) -> Value {
        let body = try await execute(method, route, body: body)
        do {
            return try JSONDecoder().decode(type, from: await body.collect(upTo: Self.maximumAnswerSize))
        } catch {
            throw ControlError(error, socket: socket, timeout: timeout)
        }
    }

    private func execute(
        _ method: HTTPMethod,
        _ route: String,
        body: ByteBuffer = ByteBuffer()
    ) async throws(ControlError) -> HTTPClientResponse.Body {
        var request = HTTPClientRequest(url: "http+unix://\(socket.percentEncoded)\(route)")
        request.method = method
        // A POST without a body would be framed as one of unknown length.
        if method == .POST { request.body = .bytes(body) }
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, timeout: TimeAmount(timeout))
        } catch {
            throw ControlError(error, socket: socket, timeout: timeout)
        }
        guard !(200..<300).contains(response.status.code) else { return response.body }
        throw await refusal(response)
    }

    private func refusal(_ response: HTTPClientResponse) async -> ControlError {
        let status = response.status.code
        do {
            let body = try await response.body.collect(upTo: 1 << 16)
            return .refused(status: status, problem: try JSONDecoder().decode(ControlProblem.self, from: body))
        } catch {
            return .unreadable(found: "status \(status) without a reason")
        }
    }
}
