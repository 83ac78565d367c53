import Docker
import Foundation
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Images in an engine that answers as Docker does: which calls a revision's image is had, kept and given up with.
@Suite struct ImageCollectionTests {
    /// An engine that has images and a registry.
    private final class Engine: Sendable {
        struct Image {
            var tags: [String] = []
            var digests: [String] = []
            var isUsed = false
        }

        struct Content {
            var images: [String: Image] = [:]
            /// What a pull of a name brings.
            var registry: [String: (id: String, digest: String)] = [:]
            var writes: [String] = []
        }

        let content: Mutex<Content>

        init(_ images: [String: Image] = [:], registry: [String: (id: String, digest: String)] = [:]) {
            content = Mutex(Content(images: images, registry: registry))
        }

        var writes: [String] { content.withLock(\.writes) }

        func answer(_ request: StandInHTTPServer.Request) -> StandInHTTPServer.Answer {
            let target = String(request.target.dropFirst("/v1.43".count)).removingPercentEncoding ?? ""
            return content.withLock { content in
                if request.method != "GET" { content.writes.append("\(request.method) \(target)") }
                switch request.method {
                case "GET" where target.hasPrefix("/images/"): return Self.inspect(target, content)
                case "GET":
                    let used = content.images.contains { $0.value.isUsed && target.contains($0.key) }
                    return .whole(200, used ? #"[{"Id": "c1"}]"# : "[]")
                case "POST" where target.hasPrefix("/images/create"): return Self.pull(target, &content)
                case "POST" where target.hasPrefix("/images/"): return Self.tag(target, &content)
                case "DELETE": return Self.remove(target, &content)
                default: return .whole(400, "{}")
                }
            }
        }

        /// As Docker does, a name without a tag means `latest`.
        private static func find(_ given: String, _ content: Content) -> String? {
            let hasTag = given.split(separator: "/").last?.contains(":") == true
            let name = hasTag ? given : "\(given):latest"
            return content.images.first {
                $0.key == name || $0.value.tags.contains(name) || $0.value.digests.contains(name)
            }?
            .key
        }

        private static func inspect(_ target: String, _ content: Content) -> StandInHTTPServer.Answer {
            let name = String(target.dropFirst("/images/".count).dropLast("/json".count))
            guard let id = find(name, content), let image = content.images[id] else { return .whole(404, "{}") }
            let tags = image.tags.map { "\"\($0)\"" }.joined(separator: ",")
            let digests = image.digests.map { "\"\($0)\"" }.joined(separator: ",")
            return .whole(200, #"{"Id":"\#(id)","RepoTags":[\#(tags)],"RepoDigests":[\#(digests)]}"#)
        }

        private static func pull(_ target: String, _ content: inout Content) -> StandInHTTPServer.Answer {
            let query = URLComponents(string: target)?.queryItems ?? []
            let name = query.first { $0.name == "fromImage" }?.value ?? ""
            let tag = query.first { $0.name == "tag" }?.value ?? ""
            let reference = tag.contains(":") ? "\(name)@\(tag)" : "\(name):\(tag)"
            guard let found = content.registry[reference] else {
                return .chunks([Array(#"{"error":"manifest unknown"}"#.utf8) + [10]])
            }
            if !tag.contains(":") {
                for id in content.images.keys { content.images[id]?.tags.removeAll { $0 == reference } }
            }
            content.images[found.id, default: Image()].digests = ["\(name)@\(found.digest)"]
            if !tag.contains(":") { content.images[found.id]?.tags.append(reference) }
            return .chunks([Array(#"{"status":"done"}"#.utf8) + [10]])
        }

        private static func tag(_ target: String, _ content: inout Content) -> StandInHTTPServer.Answer {
            let query = URLComponents(string: target)?.queryItems ?? []
            let parts = query.compactMap(\.value)
            let name = String(target.dropFirst("/images/".count).prefix { $0 != "?" }.dropLast("/tag".count))
            guard let id = find(name, content), parts.count == 2 else { return .whole(404, "{}") }
            let reference = parts.joined(separator: ":")
            for id in content.images.keys { content.images[id]?.tags.removeAll { $0 == reference } }
            content.images[id]?.tags.append(reference)
            return .whole(201, "")
        }

        private static func remove(_ target: String, _ content: inout Content) -> StandInHTTPServer.Answer {
            let name = String(target.dropFirst("/images/".count))
            guard let id = find(name, content), var image = content.images[id] else { return .whole(404, "{}") }
            image.tags.removeAll { $0 == name }
            let isLast = image.tags.isEmpty && (image.digests.isEmpty || name == id)
            if isLast, image.isUsed { return .whole(409, #"{"message":"a container uses it"}"#) }
            content.images[id] = isLast ? nil : image
            return .whole(200, "[]")
        }
    }

    private func with(_ engine: Engine, _ body: (DockerRuntime) async throws -> Void) async throws {
        try await StandInHTTPServer.run { request in
            request.target == "/version"
                ? .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#) : engine.answer(request)
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let runtime = DockerRuntime(client: client, logins: RegistryLogins(path: "/nonexistent"), logger: logger)
            do {
                try await body(runtime)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private func definition(_ image: String, _ pull: PullPolicy = .missing) throws -> ServiceDefinition {
        let text = #"{"image": "\#(image)", "port": 80, "pull": "\#(pull.rawValue)"}"#
        return try #require(ServiceDefinition.decode(text.utf8).definition)
    }

    private func pull(
        _ runtime: DockerRuntime,
        _ image: String,
        _ number: Int = 1,
        _ policy: PullPolicy = .missing,
        known: ImageID? = nil
    ) async throws -> ImageID {
        try await runtime.pull(
            try Revision("\(number)-a"),
            of: try ServiceID("web"),
            try definition(image, policy),
            known: known
        ) { _ in }
    }

    @Test func `what is pulled is known by its digest, and kept under a name of ours`() async throws {
        let engine = Engine(registry: ["r.org/web:1": ("sha256:1", "sha256:d1")])
        try await with(engine) { runtime in
            let image = try await pull(runtime, "r.org/web:1")
            #expect(image == ImageID("sha256:1", digest: "r.org/web@sha256:d1", pulled: "r.org/web:1"))
            #expect(
                engine.content.withLock { $0.images["sha256:1"]?.tags } == ["r.org/web:1", "service-manager/web:1-a"]
            )
        }
    }

    @Test func `what was here before isn't ours to remove`() async throws {
        let engine = Engine(["sha256:1": .init(tags: ["web:1"])])
        try await with(engine) { runtime in
            let image = try await pull(runtime, "web:1")
            #expect(image == ImageID("sha256:1"))
            try await runtime.removeImages([try Revision("1-a"): image], of: try ServiceID("web"))
            #expect(engine.content.withLock { $0.images["sha256:1"]?.tags } == ["web:1"])
        }
    }

    @Test func `what was pulled for a revision goes with it`() async throws {
        let engine = Engine(registry: ["r.org/web:1": ("sha256:1", "sha256:d1")])
        try await with(engine) { runtime in
            let image = try await pull(runtime, "r.org/web:1")
            try await runtime.removeImages([try Revision("1-a"): image], of: try ServiceID("web"))
            #expect(engine.content.withLock(\.images).isEmpty)
        }
    }

    @Test func `an image whose tag has moved goes with the last name that it has`() async throws {
        let engine = Engine(registry: ["r.org/web:latest": ("sha256:1", "sha256:d1")])
        try await with(engine) { runtime in
            let old = try await pull(runtime, "r.org/web", 1)
            engine.content.withLock { $0.registry["r.org/web:latest"] = ("sha256:2", "sha256:d2") }
            let new = try await pull(runtime, "r.org/web", 2, .always)
            #expect(new.rawValue == "sha256:2")
            #expect(engine.content.withLock { $0.images["sha256:1"]?.tags } == ["service-manager/web:1-a"])
            try await runtime.removeImages([try Revision("1-a"): old], of: try ServiceID("web"))
            #expect(engine.content.withLock { Array($0.images.keys) } == ["sha256:2"])
        }
    }

    @Test func `what a container uses stays under the name that it was pulled by`() async throws {
        let tags = ["r.org/web:1", "service-manager/web:1-a"]
        let engine = Engine(["sha256:1": .init(tags: tags, digests: ["r.org/web@sha256:d1"], isUsed: true)])
        try await with(engine) { runtime in
            let image = ImageID("sha256:1", digest: "r.org/web@sha256:d1", pulled: "r.org/web:1")
            try await runtime.removeImages([try Revision("1-a"): image], of: try ServiceID("web"))
            #expect(engine.content.withLock { $0.images["sha256:1"]?.tags } == ["r.org/web:1"])
        }
    }

    @Test func `what another service keeps stays under that service's name`() async throws {
        let tags = ["r.org/web:1", "service-manager/web:1-a", "service-manager/api:3-c"]
        let engine = Engine(["sha256:1": .init(tags: tags, digests: ["r.org/web@sha256:d1"])])
        try await with(engine) { runtime in
            let image = ImageID("sha256:1", digest: "r.org/web@sha256:d1", pulled: "r.org/web:1")
            try await runtime.removeImages([try Revision("1-a"): image], of: try ServiceID("web"))
            #expect(engine.content.withLock { $0.images["sha256:1"]?.tags } == ["service-manager/api:3-c"])
        }
    }

    @Test func `an image of before isn't asked of a registry, whatever its tag stands for now`() async throws {
        let engine = Engine(["sha256:1": .init(), "sha256:2": .init(tags: ["web:latest"])])
        try await with(engine) { runtime in
            let image = try await pull(runtime, "web", 1, .always, known: ImageID("sha256:1"))
            #expect(image.rawValue == "sha256:1")
            #expect(engine.writes == ["POST /images/sha256:1/tag?repo=service-manager/web&tag=1-a"])
        }
    }

    @Test func `one that was removed from the host is had from its registry by its digest`() async throws {
        let engine = Engine(registry: ["r.org/web@sha256:d1": ("sha256:1", "sha256:d1")])
        try await with(engine) { runtime in
            let known = ImageID("sha256:1", digest: "r.org/web@sha256:d1", pulled: "r.org/web:1")
            let image = try await pull(runtime, "r.org/web:1", known: known)
            #expect(image.rawValue == "sha256:1")
        }
    }

    @Test func `one that nobody can give again says so, and what its tag stands for now isn't taken for it`()
        async throws
    {
        let engine = Engine(["sha256:2": .init(tags: ["web:1"])])
        try await with(engine) { runtime in
            for known in [ImageID("sha256:1"), ImageID("sha256:1", digest: "r.org/web@sha256:d1")] {
                let error = await #expect(throws: Failure.self) { try await pull(runtime, "web:1", known: known) }
                #expect(error?.message.contains("was removed from this host") == true)
                #expect(error?.message.contains("sha256:1") == true)
                #expect(error?.isTransient == false)
            }
        }
    }

    @Test func `an image that must not be pulled and isn't here says so`() async throws {
        try await with(Engine()) { runtime in
            let error = await #expect(throws: Failure.self) { try await pull(runtime, "web:1", 1, .never) }
            #expect(error?.message.contains("\"never\"") == true)
        }
    }
}
