import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

/// A server in this process that answers like the Apache CouchDB 3.5.0 in `CouchDBTests/Fixtures/transcripts`.
///
/// It knows databases, documents with deterministic revisions and conflicts, `_all_docs`, `_changes` (normal, longpoll and
/// continuous), Basic authentication and its lock. It has no attachments, `_local` documents, views, validation functions,
/// cookies or filter functions. Tests make it stall, cut, garble and go down.
package final class StandInCouchDB: Sendable {
    package let port: Int
    private let host: String
    private let loop: any EventLoop
    private let core: NIOLoopBound<StandInCouchDBCore>
    private let tls: NIOSSLContext?

    private init(
        host: String,
        port: Int,
        loop: any EventLoop,
        core: NIOLoopBound<StandInCouchDBCore>,
        tls: NIOSSLContext?
    ) {
        self.tls = tls
        self.host = host
        self.port = port
        self.loop = loop
        self.core = core
    }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port; 0 for any.
    ///   - administrators: Names and passwords; with none, everyone may do everything.
    ///   - databases: Databases to begin with, open to everyone.
    ///   - journal: A file that everything that changes is written to, and read from at the start; nil: memory only.
    ///   - tls: The server's certificate and key; nil: it speaks in the clear.
    /// - Returns: The running server.
    /// - Throws: If the address or port is taken.
    package static func start(
        host: String = "127.0.0.1",
        port: Int = 0,
        administrators: [String: String] = [:],
        databases: [String] = [],
        journal: String? = nil,
        tls: TLSConfiguration? = nil
    ) async throws -> StandInCouchDB {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let core = try await loop.submit {
            let core = StandInCouchDBCore(administrators: administrators, now: { "Mon, 23 Nov 2026 21:18:36 GMT" })
            for name in databases {
                try core.state.create(name)
                core.state.databases[name]?.security = .everyone
            }
            if let journal { core.replay(StandInCouchDBJournal(path: journal)) }
            return NIOLoopBound(core, eventLoop: loop)
        }.get()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let listener = try await listen(host: host, port: port, loop: loop, core: core, tls: context)
        try await loop.submit { core.value.listener = listener }.get()
        let port = listener.localAddress?.port ?? port
        return StandInCouchDB(host: host, port: port, loop: loop, core: core, tls: context)
    }

    /// `http://127.0.0.1:<port>`, without credentials.
    package var baseURL: String { "\(tls == nil ? "http" : "https")://\(host):\(port)" }

    /// Stops listening and cuts all connections, as TERM and KILL do alike; data stays.
    package func stop() async throws {
        try await perform { core in
            core.listener?.close(promise: nil)
            core.listener = nil
            for channel in core.connections.values { channel.close(promise: nil) }
        }
    }

    /// Listens again on the same port, with all data.
    package func restart() async throws {
        let listener = try await Self.listen(host: host, port: port, loop: loop, core: core, tls: tls)
        try await perform { $0.listener = listener }
    }

    /// Waits until the server no longer listens.
    package func wait() async throws {
        try await perform { $0.listener }?.closeFuture.get()
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (StandInCouchDBCore) throws -> Value
    ) async throws -> Value {
        let core = core
        return try await loop.submit { try body(core.value) }.get()
    }

    private static func listen(
        host: String,
        port: Int,
        loop: any EventLoop,
        core: NIOLoopBound<StandInCouchDBCore>,
        tls: NIOSSLContext?
    ) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        StandInCouchDBConnection(core: core.value)
                    )
                }
            }
            .bind(host: host, port: port).get()
    }
}
