import ConnectionLimits
import ControlAPI
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// The daemon's end of the control socket.
///
/// Every user who can open the socket may read, by its file's mode and group. `isWriter` decides who may change something.
package struct ControlServer<Backend: ControlBackend>: Sendable {
    let backend: Backend
    let isWriter: @Sendable (PeerCredentials) -> Bool
    let limits: ControlLimits
    private let logger: Logger
    private let eventLoopGroup: any EventLoopGroup

    /// Makes a server.
    ///
    /// Nothing is opened yet.
    ///
    /// - Parameters:
    ///   - backend: Answers the requests.
    ///   - logger: Logs errors of connections.
    ///   - eventLoopGroup: The event loops of the connections.
    ///   - limits: The limits of the socket.
    ///   - isWriter: Whether a user may change something; by default only root may.
    package init(
        backend: Backend,
        logger: Logger,
        eventLoopGroup: any EventLoopGroup,
        limits: ControlLimits = ControlLimits(),
        isWriter: @escaping @Sendable (PeerCredentials) -> Bool = { $0.uid == 0 }
    ) {
        self.backend = backend
        self.limits = limits
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
        self.isWriter = isWriter
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter descriptor: A unix stream socket that is bound and listens. The caller keeps it, open and listening.
    /// - Throws: When the descriptor can't be duplicated, or isn't a listening stream socket.
    package func run(descriptor: CInt) async throws {
        // NIO closes its descriptor. The caller's must stay open: systemd's fd store keeps it across restarts.
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { throw IOError(errnoCode: errno, reason: "duplicating the control socket") }
        let (logger, limits) = (logger, limits)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [StalledReaderHandler(limit: limits.stalled)],
            idleTimeout: TimeAmount(limits.idle)
        )
        let http = HTTP1Channel(responder: responder(), configuration: configuration)
        let refusing = HTTP1Channel(responder: refusal(), configuration: configuration)
        let (open, refused) = (ConnectionCount(), ConnectionCount())
        let accepted = AcceptedConnections()
        defer { accepted.end() }
        let server = try await ServerBootstrap(group: eventLoopGroup)
            .bind(duplicate) { channel in
                http.setup(channel: channel, logger: logger).map { connection in
                    accepted.add(connection)
                    return connection
                }
            }
        try await withTaskCancellationHandler {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { inbound in
                    for try await connection in inbound {
                        accepted.served(connection.channel)
                        group.addTask {
                            if await admits(connection.channel, open) {
                                await http.handle(value: connection, logger: logger)
                                open.leave()
                            } else if refused.enter(limit: limits.refusals) == .admitted {
                                await refusing.handle(value: connection, logger: logger)
                                refused.leave()
                            } else {
                                try? await connection.executeThenClose { _, _ in }
                            }
                        }
                    }
                }
                group.cancelAll()
            }
        } onCancel: {
            server.channel.close(promise: nil)
        }
    }

    /// Whether one more connection may be open; the last places are reserved for users who may change something.
    private func admits(_ channel: any Channel, _ open: ConnectionCount) async -> Bool {
        let isWriter = await PeerCredentials.of(channel).map(isWriter) ?? false
        let limit = isWriter ? limits.connections : limits.connections - limits.reserved
        switch open.enter(limit: limit) {
        case .admitted: return true
        case .refused(let isFirst):
            if isFirst {
                logger.warning(
                    "the control socket has \(limit) open connections: further ones are refused until one ends"
                )
            }
            return false
        }
    }

    private func refusal() -> HTTPChannelHandler.Responder {
        let problem = ControlProblem(
            error:
                "service-managerd's control socket has \(limits.connections) open connections, which is the limit",
            next: "end some: `ss -xp | grep control.sock` lists the processes that have them"
        )
        return { _, writer, _ in
            var response = try Response.json(problem, status: .serviceUnavailable)
            response.headers[.connection] = "close"
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private func responder() -> HTTPChannelHandler.Responder {
        let router = routes().buildResponder()
        let logger = logger
        return { request, writer, channel in
            let context = ControlContext(source: .init(channel: channel, logger: logger))
            let response: Response
            do {
                response = try await router.respond(to: request, context: context)
            } catch let refusal as ControlRefusal {
                response = try .json(refusal.problem, status: refusal.status)
            } catch let error as HTTPError {
                let path = request.uri.path
                let problem = ControlProblem(
                    error: "\(request.method) \(path): \(error.status.reasonPhrase.lowercased())"
                )
                response = try .json(problem, status: error.status)
            } catch {
                logger.error(
                    "a control request failed",
                    metadata: ["path": "\(request.uri.path)", "error": "\(error)"]
                )
                response = try .json(ControlProblem(error: "internal error: \(error)"), status: .internalServerError)
            }
            try await writer.write(response: response.head, body: response.body)
        }
    }
}
