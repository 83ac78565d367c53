import Addresses
import NIOCore
import NIOPosix
import ServiceManager
import ServiceModel
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Probes of real sockets, whose server says what a test wants.
@Suite struct NetworkProberTests {
    /// Probes a server that answers each connection's first bytes with these, and then closes it, or nothing at all.
    private func probe(_ check: HealthCheck, _ reply: String?, isClosed: Bool = true) async throws -> ProbeOutcome {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Replier(reply, isClosed))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port.flatMap { Port($0) })
        let outcome = try await probe(check, at: port)
        try await server.close()
        return outcome
    }

    private func probe(_ check: HealthCheck, at port: Port) async throws -> ProbeOutcome {
        let prober = NetworkProber(
            group: MultiThreadedEventLoopGroup.singleton,
            docker: { _ in .success },
            exec: { _, _, _ in .success }
        )
        return await prober.probe(
            ProbeTarget(
                container: ContainerID("c"),
                endpoint: Endpoint(address: try IPAddress("127.0.0.1"), port: port),
                check: check,
                cadence: .startup
            )
        )
    }

    /// A server that takes no connection, since as many as fit wait for it already.
    private final class FullServer {
        let port: Port
        private var descriptors: [CInt] = []

        init() throws {
            let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            descriptors.append(server)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let number = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> UInt16? in
                    guard bind(server, pointer, length) == 0, listen(server, 0) == 0,
                        getsockname(server, pointer, &length) == 0
                    else {
                        return nil
                    }
                    return UnsafeRawPointer(pointer).load(as: sockaddr_in.self).sin_port.bigEndian
                }
            }
            port = try #require(number.flatMap { Port(Int($0)) })
            var isFull = false
            for _ in 0..<16 where !isFull {
                let client = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                descriptors.append(client)
                _ = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
                }
                var entry = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
                isFull = poll(&entry, 1, 200) == 0
            }
            try #require(isFull)
        }

        deinit { for descriptor in descriptors { close(descriptor) } }
    }

    private func check(_ kind: HealthCheck.Kind, timeout: Duration = .seconds(20)) -> HealthCheck {
        var check = HealthCheck(kind)
        check.timeout = timeout
        return check
    }

    private func message(_ outcome: ProbeOutcome) -> String {
        switch outcome {
        case .success: "success"
        case .failure(let text): text
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200\n", "HTTP/1.1 103 \r\nLink: </a>\r\n\r\nHTTP/1.0 301\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
    ])
    func `an answer with an accepted status is healthy`(reply: String) async throws {
        #expect(try await probe(check(.http(HTTPProbe())), reply) == .success)
    }

    @Test func `a status that isn't accepted is told with those that are`() async throws {
        let outcome = try await probe(check(.http(HTTPProbe())), "HTTP/1.1 503 No\r\n\r\n")
        #expect(message(outcome).hasSuffix("/ → 503, expected one of 200-399"))
        let secure = try await probe(check(.http(HTTPProbe())), "HTTP/1.1 400 Bad Request\r\n\r\nsent to HTTPS port")
        #expect(message(secure).contains("→ 400, expected one of 200-399: it speaks TLS"))
    }

    @Test func `up asks for the body`() async throws {
        func outcome(_ body: String) async throws -> String {
            message(
                try await probe(
                    check(.http(.up)),
                    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
            )
        }
        #expect(try await outcome(#"{"status": "up"}"#) == "success")
        #expect(try await outcome(#"{"status": "down"}"#).hasSuffix(#"→ 200, expected status: "up", found "down""#))
        #expect(try await outcome("ok").contains("→ 200, expected a JSON body, found \"ok\""))
    }

    @Test(arguments: [nil, "HTTP/1.1 200"])
    func `one that is slow is told the limit, its value and its name`(reply: String?) async throws {
        let outcome = try await probe(
            check(.http(HTTPProbe()), timeout: .milliseconds(200)),
            reply,
            isClosed: false
        )
        #expect(message(outcome).contains("answer within 200ms (health_check.timeout): raise it"))
    }

    @Test(arguments: [.tcp, .http(HTTPProbe())] as [HealthCheck.Kind])
    func `one that takes no connection is told the limit, its value and its name`(kind: HealthCheck.Kind) async throws {
        let server = try FullServer()
        let outcome = try await probe(check(kind, timeout: .milliseconds(200)), at: server.port)
        withExtendedLifetime(server) {}
        #expect(message(outcome).hasSuffix("no connection within 200ms (health_check.timeout)"))
    }

    @Test func `what doesn't speak HTTP is told to be checked over TCP`() async throws {
        for reply in ["-ERR unknown command 'GET'\r\n", ""] {
            let outcome = try await probe(check(.http(HTTPProbe())), reply)
            #expect(message(outcome).contains("write \"health_check\": \"tcp\", or \"none\" for UDP"), "\(outcome)")
        }
        #expect(try await probe(check(.tcp), nil, isClosed: false) == .success)
    }
}

/// Answers the first bytes of a connection.
private final class Replier: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reply: String?
    private let isClosed: Bool

    init(_ reply: String?, _ isClosed: Bool) {
        self.reply = reply
        self.isClosed = isClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let reply else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(string: reply)), promise: nil)
        if isClosed { context.close(promise: nil) }
    }
}
