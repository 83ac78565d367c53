import ConnectionLimits
package import Logging
package import NIOCore
import NIOPosix

/// Listens for `launch`: one connection each, with lines in both directions.
///
/// Their messages go to a `SystemdUnits`.
package struct LaunchServer: Sendable {
    private let group: any EventLoopGroup
    private let units: SystemdUnits
    private let limits: LaunchLimits
    private let logger: Logger

    package init(
        group: any EventLoopGroup,
        units: SystemdUnits,
        limits: LaunchLimits = LaunchLimits(),
        logger: Logger
    ) {
        self.group = group
        self.units = units
        self.limits = limits
        self.logger = logger
    }

    /// Serves until it is cancelled.
    ///
    /// - Parameter descriptor: A unix socket that is bound and listens. This method closes it.
    /// - Throws: An error when the socket can't be served.
    package func run(descriptor: CInt) async throws {
        let limits = limits
        let open = ConnectionCount()
        let accepted = AcceptedConnections()
        defer { accepted.end() }
        let server = try await ServerBootstrap(group: group).bind(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    FirstBytesHandler(limit: limits.hello),
                    StalledReaderHandler(limit: limits.stalled)
                )
                try channel.pipeline.syncOperations.addHandler(
                    ByteToMessageHandler(LineDecoder(), maximumBufferSize: 64 << 10)
                )
                let connection = try NIOAsyncChannel<String, ByteBuffer>(wrappingChannelSynchronously: channel)
                accepted.add(connection)
                return connection
            }
        }
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await connection in connections {
                    accepted.served(connection.channel)
                    switch open.enter(limit: limits.connections) {
                    case .admitted:
                        tasks.addTask {
                            await serve(connection)
                            open.leave()
                        }
                    case .refused(let isFirst):
                        if isFirst {
                            logger.error(
                                "launch.sock has \(limits.connections) open connections: further ones are closed until one ends"
                            )
                        }
                        tasks.addTask { try? await connection.executeThenClose { _, _ in } }
                    }
                }
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<String, ByteBuffer>) async {
        let (orders, order) = AsyncStream.makeStream(
            of: LaunchOrder.self,
            bufferingPolicy: .bufferingOldest(limits.backlog)
        )
        // At once, even while orders wait to be read.
        order.onTermination = { _ in connection.channel.close(promise: nil) }
        let id = await units.connected(order)
        do {
            try await connection.executeThenClose { lines, output in
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask {
                        for await order in orders { try await output.write(ByteBuffer(string: order.line + "\n")) }
                        output.finish()
                    }
                    for try await line in lines {
                        do throws(LaunchProtocolError) {
                            await units.received(try LaunchMessage(line: line), from: id)
                        } catch {
                            logger.error("\(error)")
                            order.yield(.status("refused by service-managerd: \(error.reason)"))
                        }
                    }
                    order.finish()
                    try await tasks.waitForAll()
                }
            }
        } catch {
            logger.debug("a connection of launch ended: \(error)")
        }
        order.finish()
        // When the daemon ends, every connection ends. launch connects to the next daemon.
        if !Task.isCancelled { await units.disconnected(id) }
    }
}

/// The limits of the socket for `launch`.
package struct LaunchLimits: Sendable {
    /// How many connections may be open: two for each service, and those of replaced revisions.
    ///
    /// Further ones are closed, and `launch` tries again.
    package var connections = 8192

    /// How long a connection may take to send its first bytes: `launch` sends `hello` at once.
    package var hello = Duration.seconds(30)

    /// How long a `launch` may leave its orders unread.
    package var stalled = Duration.seconds(60)

    /// How many orders may wait for a `launch`.
    ///
    /// A `launch` that is further behind loses its connection, connects again, and gets the orders that count then.
    package var backlog = 1024

    package init() {}
}

/// Lines without their line feed.
private struct LineDecoder: ByteToMessageDecoder {
    typealias InboundOut = String

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return .needMoreData }
        let line = buffer.readString(length: end - buffer.readerIndex) ?? ""
        buffer.moveReaderIndex(forwardBy: 1)
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }
}
