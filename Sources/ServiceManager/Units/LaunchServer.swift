package import Logging
package import NIOCore
import NIOPosix

/// Listens for `launch`: one connection each, lines both ways.
///
/// What they say goes to a `SystemdUnits`.
package struct LaunchServer: Sendable {
    private let group: any EventLoopGroup
    private let units: SystemdUnits
    private let logger: Logger

    package init(group: any EventLoopGroup, units: SystemdUnits, logger: Logger) {
        self.group = group
        self.units = units
        self.logger = logger
    }

    /// Serves until it is cancelled.
    ///
    /// - Parameter descriptor: A unix socket that is bound and listens; it is taken over.
    /// - Throws: What keeps the socket from being served.
    package func run(descriptor: CInt) async throws {
        let server = try await ServerBootstrap(group: group).bind(descriptor) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    ByteToMessageHandler(LineDecoder(), maximumBufferSize: 64 << 10)
                )
                return try NIOAsyncChannel<String, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await connection in connections {
                    tasks.addTask { await serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<String, ByteBuffer>) async {
        let (orders, order) = AsyncStream.makeStream(of: LaunchOrder.self)
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
        // At the daemon's end every connection ends; launch comes back to the next daemon.
        if !Task.isCancelled { await units.disconnected(id) }
    }
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
