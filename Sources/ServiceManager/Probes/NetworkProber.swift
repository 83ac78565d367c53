import Addresses
package import NIOCore
import NIOPosix
package import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

/// Probes over TCP and HTTP from the host to the container's own address.
///
/// Its connections are closed by reset (SO_LINGER with 0 s, socket(7)), so that no port of theirs lingers in TIME_WAIT
/// and meets a client's.
package struct NetworkProber: Prober {
    private let group: any EventLoopGroup
    private let docker: @Sendable (ContainerID) async -> ProbeOutcome
    private let exec: @Sendable (ContainerID, [String], Duration) async -> ProbeOutcome

    /// - Parameters:
    ///   - group: Where its sockets live.
    ///   - docker: Asks Docker for the verdict of the image's own HEALTHCHECK.
    ///   - exec: Has Docker run a command inside the container, within a time.
    package init(
        group: any EventLoopGroup,
        docker: @escaping @Sendable (ContainerID) async -> ProbeOutcome,
        exec: @escaping @Sendable (ContainerID, [String], Duration) async -> ProbeOutcome
    ) {
        self.group = group
        self.docker = docker
        self.exec = exec
    }

    package func probe(_ target: ProbeTarget) async -> ProbeOutcome {
        switch target.check.kind {
        case .tcp: await connect(target)
        case .http(let request): await get(request, target)
        case .docker: await docker(target.container)
        case .exec(let command): await exec(target.container, command, target.check.timeout)
        case .none: .success
        }
    }

    private func bootstrap(_ target: ProbeTarget) -> ClientBootstrap {
        ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(target.check.timeout))
    }

    private func connect(_ target: ProbeTarget) async -> ProbeOutcome {
        let endpoint = target.probedEndpoint
        do {
            let channel = try await bootstrap(target)
                .connect(host: endpoint.address.description, port: Int(endpoint.port.rawValue)).get()
            await reset(channel)
            return .success
        } catch {
            return .failure("tcp \(endpoint): \(Self.reason(error))")
        }
    }

    /// Closes by reset.
    private func reset(_ channel: any Channel) async {
        if let provider = channel as? any SocketOptionProvider {
            try? await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close().get()
    }

    private func get(_ request: HTTPProbe, _ target: ProbeTarget) async -> ProbeOutcome {
        let endpoint = target.probedEndpoint
        let name = "GET http://\(endpoint)\(request.path)"
        let text = Self.request(request, endpoint)
        do {
            let promise = group.next().makePromise(of: [UInt8].self)
            let limit = TimeAmount(target.check.timeout)
            let channel = try await bootstrap(target).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StatusLineReader(promise: promise, limit: limit))
                }
            }
            .connect(host: endpoint.address.description, port: Int(endpoint.port.rawValue)).flatMapErrorThrowing {
                promise.fail($0)
                throw $0
            }.get()
            try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
            let line = try await promise.futureResult.get()
            await reset(channel)
            guard let status = Self.status(line) else {
                return .failure("\(name): expected an HTTP answer, found \"\(Self.printable(line))\"")
            }
            return request.accepts(status)
                ? .success
                : .failure(
                    "\(name) → \(status), expected one of \(request.status.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", "))"
                )
        } catch {
            return .failure("\(name): \(Self.reason(error))")
        }
    }

    private static func request(_ request: HTTPProbe, _ endpoint: Endpoint) -> String {
        var lines = ["GET \(request.path) HTTP/1.1", "Host: \(request.host ?? endpoint.description)"]
        lines += request.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        lines += ["User-Agent: service-manager", "Connection: close", "", ""]
        return lines.joined(separator: "\r\n")
    }

    private static func status(_ line: [UInt8]) -> Int? {
        let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1.") else { return nil }
        return Int(parts[1])
    }

    private static func printable(_ line: [UInt8]) -> String {
        String(decoding: line.prefix(60).map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "no connection"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "no connection within the timeout"
        case let error as ProbeError: error.text
        default: "\(error)"
        }
    }
}

/// Why no status line came.
struct ProbeError: Error {
    let text: String
}

/// Gathers the first line of an answer, within a limit.
private final class StatusLineReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var promise: EventLoopPromise<[UInt8]>?
    private let limit: TimeAmount
    private var line: [UInt8] = []
    private var timeout: Scheduled<Void>?

    init(promise: EventLoopPromise<[UInt8]>, limit: TimeAmount) {
        self.promise = promise
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.finish(.failure(ProbeError(text: "no answer within the timeout")))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        line += unwrapInboundIn(data).readableBytesView
        if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
            finish(.success(Array(line[..<end])))
        } else if line.count > 4096 {
            finish(.success(line))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(ProbeError(text: "the connection was closed without an answer")))
    }

    private func finish(_ result: Result<[UInt8], any Error>) {
        timeout?.cancel()
        promise?.completeWith(result)
        promise = nil
    }
}
