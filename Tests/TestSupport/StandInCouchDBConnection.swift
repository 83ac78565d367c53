import NIOCore
import NIOHTTP1

/// Gathers the parts of requests on one connection.
final class StandInCouchDBConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let core: StandInCouchDBCore
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(core: StandInCouchDBCore) {
        self.core = core
    }

    func channelActive(context: ChannelHandlerContext) {
        core.opened(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        core.closed(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers["Expect"].first?.lowercased() == "100-continue" {
                core.send("HTTP/1.1 100 Continue\r\n\r\n", on: context.channel)
            }
        case .body(let part):
            body += part.readableBytesView
        case .end:
            guard let head else { return }
            self.head = nil
            let request = StandInCouchDBRequest(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers.map { ($0.name, $0.value) },
                body: body
            )
            core.received(request, on: context.channel)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
