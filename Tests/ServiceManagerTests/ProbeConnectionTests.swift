import Addresses
import NIOCore
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// What probes leave behind, seen from the server that they probe.
@Suite(.timeLimit(.minutes(1))) struct ProbeConnectionTests {
    /// A server that answers each connection with some bytes, or with nothing, and says how many are open.
    private final class Server: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let counts: Counts
        private let answer: String

        final class Counts: Sendable {
            let accepted = Atomic(0)
            let closed = Atomic(0)
        }

        init(counts: Counts, answer: String) {
            self.counts = counts
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) {
            counts.accepted.add(1, ordering: .relaxed)
            if !answer.isEmpty { context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { counts.closed.add(1, ordering: .relaxed) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 503 no\r\n\r\n", "nothing of the kind\n",
        String(repeating: "x", count: 5000),
    ])
    func `a probe closes its connection, whatever the answer and also without one`(answer: String) async throws {
        let counts = Server.Counts()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Server(counts: counts, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let prober = NetworkProber(
            group: MultiThreadedEventLoopGroup.singleton,
            docker: { _ in .failure("not asked") },
            exec: { _, _, _ in .failure("not asked") }
        )
        let port = try #require(server.localAddress?.port)
        var check = HealthCheck(.http(HTTPProbe()))
        check.timeout = answer.isEmpty ? .milliseconds(50) : .seconds(20)
        let target = ProbeTarget(
            container: ContainerID("c"),
            endpoint: try Endpoint("127.0.0.1:\(port)"),
            check: check,
            cadence: .steady
        )
        for _ in 0..<3 {
            let outcome = await prober.probe(target)
            #expect((outcome == .success) == answer.contains("200"))
        }
        try await eventually("all three are closed") {
            counts.accepted.load(ordering: .relaxed) == 3 && counts.closed.load(ordering: .relaxed) == 3
        }
        try await server.close()
    }
}
