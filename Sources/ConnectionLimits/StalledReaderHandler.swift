package import NIOCore

/// Closes a connection whose other end reads nothing for too long.
///
/// Otherwise a suspended reader (SIGSTOP, an idle pager) would hold its connection, and the data that waits for it, forever.
/// Data below the channel's high-water mark doesn't count.
package final class StalledReaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = Any
    package typealias InboundOut = Any

    private let limit: TimeAmount
    private var scheduled: Scheduled<Void>?

    /// - Parameter limit: How long the other end may read nothing.
    package init(limit: Duration) {
        self.limit = TimeAmount(limit)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            cancel()
        } else if scheduled == nil {
            scheduled = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    private func cancel() {
        scheduled?.cancel()
        scheduled = nil
    }
}
