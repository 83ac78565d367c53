import Addresses
import Docker
import FoundationEssentials
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// Docker keeps a container locked while it starts or stops it; some stay so.
@Suite(.timeLimit(.minutes(5))) struct StuckContainerTests {
    private static let document = #"{"image": "web:1", "port": 80, "address": "172.18.0.1:7001"}"#

    /// What the list says of a container.
    private static func listed(_ number: Int, _ state: String) throws -> String {
        let instance = InstanceID(revision: try Revision("\(number)-abc"), slot: 1, attempt: number)
        let labels = ContainerLabels.make(instance, of: try ServiceID("web"), document: [UInt8](document.utf8))
        let json = String(decoding: try JSONEncoder().encode(labels), as: UTF8.self)
        return #"""
            {"Id":"c\#(number)","Names":["/web.\#(number)-abc.1.\#(number)"],"ImageID":"sha256:\#(number)","State":"\#(state)","Labels":\#(json),
            "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.\#(number)","NetworkID":"net"}}}}
            """#
    }

    /// Runs a runtime of an engine that lists two containers, and answers only what it is asked of the first.
    private func withEngine(
        states: [String],
        _ body: (DockerRuntime, RecordedLog) async throws -> Void
    ) async throws {
        let list = "[" + (try zip([1, 2], states).map { try Self.listed($0, $1) }).joined(separator: ",") + "]"
        try await StandInHTTPServer.run { request in
            switch request.target.split(separator: "?")[0] {
            case "/version": .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
            case "/v1.43/networks":
                .whole(
                    200,
                    #"[{"Id":"net","Name":"bridge","Driver":"bridge","IPAM":{"Config":[{"Subnet":"172.17.0.0/16"}]}}]"#
                )
            case "/v1.43/containers/json": .whole(200, list)
            case "/v1.43/containers/c1/json":
                .whole(
                    200,
                    #"""
                    {"Id":"c1","Image":"sha256:1","State":{"Status":"running","Running":true,"Pid":7},
                    "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.1","NetworkID":"net"}}}}
                    """#
                )
            default: .hang
            }
        } _: { server in
            var limits = CallLimits()
            // What hangs takes this long; what is answered has this long, on a machine that has other work, too.
            limits.query = .seconds(20)
            let client = DockerClient(
                socketPath: server.socketPath,
                group: MultiThreadedEventLoopGroup.singleton,
                limits: limits
            )
            let log = RecordedLog()
            let runtime = DockerRuntime(
                client: client,
                logins: RegistryLogins(path: "/nonexistent"),
                logger: log.logger
            )
            do {
                try await body(runtime, log)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private func observe(_ runtime: DockerRuntime) async throws -> [ObservedContainer] {
        let found = try await runtime.observe(
            KnownContainers([]),
            decode: { ServiceDefinition.decode($0).definition },
            stored: { _, _ in nil },
            lastResort: { _ in nil },
            started: { _, _, _ in }
        )
        return try #require(found[try ServiceID("web")]).sorted { $0.instance < $1.instance }
    }

    @Test func `a container that Docker doesn't tell of is taken for what the list says, and the others are managed`()
        async throws
    {
        try await withEngine(states: ["running", "running"]) { runtime, log in
            let containers = try await observe(runtime)
            #expect(containers.map(\.container.rawValue) == ["c1", "c2"])
            #expect(containers.flatMap { $0.endpoints.map(\.description) } == ["172.17.0.1:80", "172.17.0.2:80"])
            #expect(containers.map { $0.image?.rawValue } == ["sha256:1", "sha256:2"])
            #expect(log.lines.contains { $0.contains("/containers/c2/json") && $0.contains("container list instead") })
        }
    }

    @Test func `one that the list says has ended has ended`() async throws {
        try await withEngine(states: ["running", "exited"]) { runtime, _ in
            let states = try await observe(runtime).map(\.state)
            #expect(states[1] == .exited(ExitReport(code: 0)))
        }
    }

    @Test func `it doesn't keep strays from being found`() async throws {
        try await withEngine(states: ["running", "running"]) { runtime, _ in
            var web = RolloutRecord(of: try ServiceID("web"))
            let first = InstanceID(revision: try Revision("1-abc"), slot: 1, attempt: 1)
            web.containers = [.init(instance: first, container: "c1")]
            let known = KnownContainers([try ServiceID("web"): web])
            let strays = try await runtime.strays(beside: known) { _, _, _ in
                ServiceDefinition.decode([UInt8](Self.document.utf8)).definition
            }
            #expect(strays.ours.map(\.container.container.rawValue) == ["c2"])
            #expect(strays.strangers.isEmpty)
        }
    }
}

extension RolloutRecord {
    /// Of a service of which nothing is known.
    init(of service: ServiceID) {
        self = Rollout(service: service).record
    }
}
