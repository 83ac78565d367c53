import ControlAPI
import FoundationEssentials
import Hummingbird
import NIOCore
import ServiceModel

extension ControlServer {
    /// All routes.
    func routes() -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.get("v1/status") { _, _ in try await Response.json(backend.statuses()) }
        router.get("v1/status/stream") { request, _ in statusStream(request) }
        router.get("v1/hosts") { _, _ in try await Response.json(backend.hosts().get()) }
        router.get("metrics") { _, _ in await metrics() }
        router.get("v1/doctor") { _, _ in try await Response.json(backend.doctor(isPreflight: false)) }
        router.get("v1/preflight") { _, _ in try await Response.json(backend.doctor(isPreflight: true)) }
        router.get("v1/services/:name") { _, context in try await Response.json(service(context)) }
        router.get("v1/services/:name/history") { _, context in try await Response.json(history(context)) }
        router.get("v1/services/:name/definition") { request, context in
            try await Response.json(definition(request, context))
        }
        for verb in OperatorVerb.allCases {
            router.post("v1/services/:name/\(verb.rawValue)") { try await perform(verb, $0, $1) }
        }
        router.get("v1/services/:name/logs") { request, context in try await logs(request, context) }
        return router
    }

    private func service(_ context: ControlContext) async throws -> ServiceStatus {
        let name = try context.parameters.require("name")
        guard let service = await backend.statuses().services.first(where: { $0.name == name }) else {
            throw ControlRefusal.unknownService(name)
        }
        return service
    }

    private func metrics() async -> Response {
        let text = ByteBuffer(string: MetricsText(await backend.statuses()).text)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; version=0.0.4; charset=utf-8", .contentLength: String(text.readableBytes),
            ],
            body: ResponseBody(byteBuffer: text)
        )
    }

    private func history(_ context: ControlContext) async throws -> HistoryDocument {
        let name = try await service(context).name
        return HistoryDocument(service: name, history: await backend.history(of: name))
    }

    /// What is under `environment` may be a password, and the group that may read the status isn't to have it.
    private func definition(_ request: Request, _ context: ControlContext) async throws -> DefinitionDocument {
        guard let peer = await PeerCredentials.of(context.channel), isWriter(peer) else {
            throw ControlRefusal(
                .forbidden,
                "only root may read a definition: it may hold secrets",
                next: "try again with sudo"
            )
        }
        let name = try await service(context).name
        return try await backend.definition(
            of: name,
            revision: request.uri.queryParameters["revision"].map(String.init)
        ).get()
    }

    private func perform(_ verb: OperatorVerb, _ request: Request, _ context: ControlContext) async throws -> Response {
        guard let peer = await PeerCredentials.of(context.channel), isWriter(peer) else {
            throw ControlRefusal(.forbidden, "only root may change something", next: "try again with sudo")
        }
        let service = try await service(context)
        let body = try await request.body.collect(upTo: 1 << 16)
        let particulars: OperatorRequest
        do {
            particulars =
                body.readableBytes == 0
                ? OperatorRequest() : try JSONDecoder().decode(OperatorRequest.self, from: Data(body.readableBytesView))
        } catch {
            throw ControlRefusal(.badRequest, "the body isn't a request for \(verb.rawValue): \(error)")
        }
        let message = try await backend.perform(verb, on: service.name, particulars, by: peer).get()
        return try .json(OperatorAnswer(service: service.name, message: message), status: .accepted)
    }

    private func logs(_ request: Request, _ context: ControlContext) async throws -> Response {
        let service = try await service(context)
        let query = request.uri.queryParameters
        let revision = query["revision"].map(String.init)
        guard let tail = Int(query["tail"] ?? "100"), (0...1_000_000).contains(tail) else {
            throw ControlRefusal(.badRequest, "tail: expected a number from 0 to 1000000, found \(query["tail"] ?? "")")
        }
        guard let follow = Bool(String(query["follow"] ?? "false")) else {
            throw ControlRefusal(.badRequest, "follow: expected true or false, found \(query["follow"] ?? "")")
        }
        let lines = try await backend.logs(of: service.name, revision: revision, tail: tail, follow: follow).get()
        return logStream(lines, request)
    }
}
