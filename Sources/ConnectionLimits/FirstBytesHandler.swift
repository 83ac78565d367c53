package import NIOCore

/// Closes a connection on which no byte arrives for too long after it was opened.
package final class FirstBytesHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = Any
    package typealias InboundOut = Any

    private let limit: TimeAmount
    private var scheduled: Scheduled<Void>?

    /// - Parameter limit: How long the other end may take to send the first byte.
    package init(limit: Duration) {
        self.limit = TimeAmount(limit)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        scheduled = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        cancel()
        context.fireChannelRead(data)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    private func cancel() {
        scheduled?.cancel()
        scheduled = nil
    }
}
