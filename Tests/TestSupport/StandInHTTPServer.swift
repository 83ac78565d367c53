import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An HTTP/1.1 server on a Unix socket that answers what a test tells it to.
package final class StandInHTTPServer: Sendable {
    /// A request as it came.
    package struct Request: Sendable, Equatable {
        /// `GET`, `POST`.
        package var method: String
        /// The path with its query, undecoded.
        package var target: String
        /// The values of its `Host` header.
        package var hosts: [String]
        /// The first value of its `X-Registry-Auth` header.
        package var registryAuth: String?
        /// Its body as text.
        package var body: String
    }

    /// What to answer.
    package enum Answer: Sendable {
        /// A status and a whole body.
        case whole(Int, String)
        /// A status 200, and a body in chunks as given.
        case chunks([[UInt8]])
        /// A status 200, some chunks, and then silence on an open connection.
        case stall([[UInt8]])
        /// A status 200, some chunks, and then an end of the connection in the middle of the body.
        case breakOff([[UInt8]])
        /// A status 200 and a body without a length, which ends with the connection.
        case untilClose([[UInt8]])
        /// No answer, but the end of the connection.
        case drop
        /// Silence on an open connection.
        case hang
    }

    /// Where it listens.
    package let socketPath: String
    private let directory: URL
    private let respond: @Sendable (Request) -> Answer
    private let log = Mutex<[Request]>([])
    private let connections = Mutex(0)

    private init(directory: URL, respond: @escaping @Sendable (Request) -> Answer) {
        self.directory = directory
        self.respond = respond
        socketPath = directory.appending(path: "http.sock").path
    }

    /// All requests so far, in the order in which they were complete.
    package var requests: [Request] {
        log.withLock { $0 }
    }

    /// How many connections clients hold at the moment.
    package var openConnections: Int {
        connections.withLock { $0 }
    }

    /// Runs a server as long as the test's body does.
    ///
    /// - Parameters:
    ///   - respond: The answer to a request.
    ///   - body: What to do with the server.
    /// - Throws: What the body throws.
    package static func run(
        respond: @escaping @Sendable (Request) -> Answer,
        _ body: (StandInHTTPServer) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "stand-in-\(UInt64.random(in: 0 ... .max))"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let server = StandInHTTPServer(directory: directory, respond: respond)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(server: server))
                }
            }
            .bind(unixDomainSocketPath: server.socketPath)
            .get()
        let result: Result<Void, any Error>
        do {
            try await body(server)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        try FileManager.default.removeItem(at: directory)
        try result.get()
    }

    fileprivate func noteConnection(_ change: Int) {
        connections.withLock { $0 += change }
    }

    fileprivate func answer(to request: Request) -> Answer {
        log.withLock { $0.append(request) }
        return respond(request)
    }
}

/// Serves one connection.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: StandInHTTPServer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(server: StandInHTTPServer) {
        self.server = server
    }

    func channelActive(context: ChannelHandlerContext) {
        server.noteConnection(1)
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.noteConnection(-1)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
        case .body(var part):
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let request = StandInHTTPServer.Request(
                method: head.method.rawValue,
                target: head.uri,
                hosts: head.headers["Host"],
                registryAuth: head.headers.first(name: "X-Registry-Auth"),
                body: String(buffer: body)
            )
            write(server.answer(to: request), context: context)
        }
    }

    private func write(_ answer: StandInHTTPServer.Answer, context: ChannelHandlerContext) {
        switch answer {
        case .whole(let status, let text):
            let hasBody = status != 204 && status != 304
            let headers = hasBody ? HTTPHeaders([("Content-Length", "\(text.utf8.count)")]) : HTTPHeaders()
            writeHead(status, headers, context: context)
            if hasBody { write([Array(text.utf8)], context: context) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .chunks(let chunks):
            writeHead(200, ["Transfer-Encoding": "chunked"], context: context)
            write(chunks, context: context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .stall(let chunks):
            writeHead(200, ["Transfer-Encoding": "chunked"], context: context)
            write(chunks, context: context)
        case .breakOff(let chunks):
            writeHead(200, ["Transfer-Encoding": "chunked"], context: context)
            write(chunks, context: context)
            context.close(promise: nil)
        case .untilClose(let chunks):
            writeUnframed(chunks, context: context)
            context.close(promise: nil)
        case .drop:
            context.close(promise: nil)
        case .hang:
            break
        }
    }

    /// Writes as the engine does when it takes over a connection, past the encoder, which would frame the body.
    private func writeUnframed(_ chunks: [[UInt8]], context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        guard let encoder = try? operations.context(handlerType: HTTPResponseEncoder.self) else { return }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
        for bytes in [Array(head.utf8)] + chunks {
            encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
        }
    }

    private func writeHead(_ status: Int, _ headers: HTTPHeaders, context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func write(_ chunks: [[UInt8]], context: ChannelHandlerContext) {
        for chunk in chunks {
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: chunk)))), promise: nil)
        }
    }
}
