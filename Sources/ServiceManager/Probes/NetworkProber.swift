import Addresses
package import NIOCore
import NIOPosix
package import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

/// Probes over TCP and HTTP from the host to the container's own address.
///
/// Connections are closed by a reset (SO_LINGER with 0 seconds, socket(7)), so that no port stays in TIME_WAIT and collides
/// with a client's.
package struct NetworkProber: Prober {
    private let group: any EventLoopGroup
    private let docker: @Sendable (ContainerID) async -> ProbeOutcome
    private let exec: @Sendable (ContainerID, [String], Duration) async -> ProbeOutcome

    /// - Parameters:
    ///   - group: The event loops of the sockets.
    ///   - docker: Asks Docker for the result of the image's own HEALTHCHECK.
    ///   - exec: Runs a command inside the container through Docker, within a time limit.
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
            return .failure("tcp \(endpoint): \(Self.reason(error, target.check))")
        }
    }

    /// Closes the connection by a reset.
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
            let promise = group.next().makePromise(of: HTTPAnswer.self)
            let reader = HTTPAnswerReader(wantsBody: request.json != nil)
            let limit = target.check.timeout
            let channel = try await bootstrap(target).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(promise, reader, limit))
                }
            }
            .connect(host: endpoint.address.description, port: Int(endpoint.port.rawValue)).flatMapErrorThrowing {
                promise.fail($0)
                throw $0
            }.get()
            let answer = try await answer(to: text, on: channel, promise.futureResult)
            guard let problem = answer.problem(request) else { return .success }
            return .failure("\(name) → \(problem)")
        } catch {
            return .failure("\(name): \(Self.reason(error, target.check))")
        }
    }

    /// Sends a request and waits for the answer.
    ///
    /// The connection is closed then, whatever came.
    private func answer(
        to request: String,
        on channel: any Channel,
        _ answer: EventLoopFuture<HTTPAnswer>
    ) async throws -> HTTPAnswer {
        do {
            try? await channel.writeAndFlush(ByteBuffer(string: request)).get()
            let answer = try await answer.get()
            await reset(channel)
            return answer
        } catch {
            await reset(channel)
            throw error
        }
    }

    private static func request(_ request: HTTPProbe, _ endpoint: Endpoint) -> String {
        var lines = ["GET \(request.path) HTTP/1.1", "Host: \(request.host ?? endpoint.description)"]
        lines += request.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        lines += ["User-Agent: service-manager", "Connection: close", "", ""]
        return lines.joined(separator: "\r\n")
    }

    private static func reason(_ error: any Error, _ check: HealthCheck) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error, check) } ?? "no connection"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "no connection within \(check.timeout.shortText) (health_check.timeout)"
        case let error as ProbeError: error.text
        default: "\(error)"
        }
    }
}

/// Why no answer came.
struct ProbeError: Error {
    let text: String
}

/// A whole answer, as far as the probe reads it.
struct HTTPAnswer: Equatable, Sendable {
    let status: Int
    let body: [UInt8]
    let hint: String?

    /// Why the probe doesn't accept the answer; nil when it does.
    func problem(_ probe: HTTPProbe) -> String? {
        guard probe.accepts(status) else {
            let accepted = probe.status.map { range in
                range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            }
            return "\(status), expected one of \(accepted.joined(separator: ", "))\(hint.map { ": \($0)" } ?? "")"
        }
        guard let json = probe.json, let difference = JSONExpectation.difference(of: json, in: body) else { return nil }
        return "\(status), \(difference)"
    }
}

/// Collects an answer, within a time limit.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var promise: EventLoopPromise<HTTPAnswer>?
    private let limit: Duration
    private var reader: HTTPAnswerReader
    private var timeout: Scheduled<Void>?

    init(_ promise: EventLoopPromise<HTTPAnswer>, _ reader: HTTPAnswerReader, _ limit: Duration) {
        self.promise = promise
        self.reader = reader
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            let what = self.reader.hasBegun ? "no complete answer" : "no answer"
            let next = "raise it for a server that is slow; \(HTTPAnswerReader.advice)"
            self.finish(
                .failure(ProbeError(text: "\(what) within \(self.limit.shortText) (health_check.timeout): \(next)"))
            )
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if promise != nil, let outcome = reader.read(unwrapInboundIn(data).readableBytesView) { finish(outcome) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let what = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        finish(.failure(ProbeError(text: "\(what), before an answer: \(HTTPAnswerReader.advice)")))
    }

    func channelInactive(context: ChannelHandlerContext) {
        if promise != nil { finish(reader.end()) }
    }

    private func finish(_ outcome: HTTPAnswerReader.Outcome) {
        switch outcome {
        case .answered(let status, let body):
            finish(.success(HTTPAnswer(status: status, body: body, hint: reader.hint)))
        case .other(let text): finish(.failure(ProbeError(text: text)))
        }
    }

    private func finish(_ result: Result<HTTPAnswer, any Error>) {
        timeout?.cancel()
        promise?.completeWith(result)
        promise = nil
    }
}
