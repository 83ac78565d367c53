import Addresses
import Docker
import FoundationEssentials
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// Containers that look like ours, and containers of ours with something odd about them.
@Suite(.timeLimit(.minutes(1))) struct ForeignContainerTests {
    /// One container that an engine has: what it lists, and what it answers when it is asked of that one.
    struct Listed: Sendable {
        var id: String
        var name: String
        var attempt = "1"
        var address = "172.17.0.2"
        var addresses = #"["172.18.0.1:7001"]"#
        /// The status of the answer; 200 when it is as the list says.
        var status = 200

        var network: String { #"{"Networks":{"bridge":{"IPAddress":"\#(address)","NetworkID":"net"}}}"# }

        func labels() throws -> [String: String] {
            let document = #"{"image": "web:1", "port": 80, "address": \#(addresses)}"#
            var labels = ContainerLabels.make(
                InstanceID(revision: try Revision("7-abcdef"), slot: 1, attempt: 1),
                of: try ServiceID("web"),
                document: [UInt8](document.utf8)
            )
            labels[ContainerLabels.attempt] = attempt
            return labels
        }

        func summary() throws -> String {
            let labels = String(decoding: try JSONEncoder().encode(labels()), as: UTF8.self)
            return #"""
                {"Id":"\#(id)","Names":["/\#(name)"],"ImageID":"sha256:1","State":"running","Labels":\#(labels),
                "NetworkSettings":\#(network)}
                """#
        }

        var details: StandInHTTPServer.Answer {
            guard status == 200 else { return .whole(status, #"{"message":"layer does not exist"}"#) }
            return .whole(
                200,
                #"""
                {"Id":"\#(id)","Name":"/\#(name)","Image":"sha256:1","State":{"Status":"running","Running":true,"Pid":7},
                "NetworkSettings":\#(network)}
                """#
            )
        }
    }

    private static let ours = "web.7-abcdef.1.1"

    private func withEngine(
        _ containers: [Listed],
        _ body: (DockerRuntime, RecordedLog) async throws -> Void
    ) async throws {
        let list = "[" + (try containers.map { try $0.summary() }).joined(separator: ",") + "]"
        try await StandInHTTPServer.run { request in
            let path = String(request.target.split(separator: "?")[0])
            switch path {
            case "/version": return .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
            case "/v1.43/networks": return .whole(200, "[]")
            case "/v1.43/networks/net":
                return .whole(
                    200,
                    #"{"Id":"net","Name":"bridge","Driver":"bridge","IPAM":{"Config":[{"Subnet":"172.17.0.0/16"}]}}"#
                )
            case "/v1.43/containers/json": return .whole(200, list)
            default:
                let found = containers.first { path == "/v1.43/containers/\($0.id)/json" }
                return found?.details ?? .whole(404, #"{"message":"no such container"}"#)
            }
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
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

    private func observe(
        _ runtime: DockerRuntime,
        _ known: KnownContainers = KnownContainers([])
    ) async throws -> [ObservedContainer] {
        let found = try await runtime.observe(
            known,
            decode: { ServiceDefinition.decode($0).definition },
            stored: { _, _ in nil },
            lastResort: { _ in nil },
            started: { _, _, _ in }
        )
        return found[try ServiceID("web")] ?? []
    }

    private func record(_ container: String, attempt: Int = 1) throws -> KnownContainers {
        let service = try ServiceID("web")
        var record = RolloutRecord(of: service)
        let instance = InstanceID(revision: try Revision("7-abcdef"), slot: 1, attempt: attempt)
        record.containers = [.init(instance: instance, container: container)]
        return KnownContainers([service: record])
    }

    // MARK: Whose it is

    @Test func `a container of a committed image isn't ours, whatever its labels say, and is named`() async throws {
        let containers = [
            Listed(id: "original", name: Self.ours), Listed(id: "copy", name: "nifty_swartz", address: "172.17.0.3"),
        ]
        try await withEngine(containers) { runtime, log in
            let found = try await observe(runtime)
            #expect(found.map(\.container.rawValue) == ["original"])
            #expect(log.lines.contains { $0.contains("nifty_swartz") && $0.contains("docker commit") })
            let (ours, strangers) = try await runtime.strays(beside: try record("original")) { _, _, document in
                document.flatMap { ServiceDefinition.decode($0).definition }
            }
            #expect(ours.isEmpty)
            #expect(strangers.keys.map(\.rawValue) == ["web"])
            #expect(strangers.values.joined().first?.contains("nifty_swartz") == true)
        }
    }

    @Test func `a recorded container is ours under another name, too`() async throws {
        try await withEngine([Listed(id: "renamed", name: "web-of-anna")]) { runtime, _ in
            let found = try await observe(runtime, try record("renamed"))
            #expect(found.map(\.container.rawValue) == ["renamed"])
        }
    }

    @Test func `one of ours that no service knows is a stray`() async throws {
        try await withEngine([Listed(id: "lost", name: Self.ours)]) { runtime, _ in
            let (ours, strangers) = try await runtime.strays(beside: KnownContainers([])) { _, _, document in
                document.flatMap { ServiceDefinition.decode($0).definition }
            }
            #expect(ours.map(\.container.container.rawValue) == ["lost"])
            #expect(strangers.isEmpty)
        }
    }

    @Test(arguments: ["9223372036854775807", "99999999999999999999", "0", "-1", "1000000000", "x"])
    func `labels that are out of range are nobody's`(attempt: String) async throws {
        let containers = [
            Listed(id: "odd", name: "web.7-abcdef.1.\(attempt)", attempt: attempt),
            Listed(id: "original", name: Self.ours),
        ]
        try await withEngine(containers) { runtime, log in
            let found = try await observe(runtime)
            #expect(found.map(\.container.rawValue) == ["original"])
            #expect(log.lines.contains { $0.contains("makes no sense") })
        }
    }

    @Test func `what the status says of strangers is said with their service`() throws {
        let board = StatusBoard()
        let service = try ServiceID("web")
        var rollout = Rollout(service: service)
        _ = rollout.handle(.managerStarted(nil))
        board.update(rollout)
        board.setStrangers([service: ["the container x is a stranger"]])
        #expect(board.statuses.first?.warnings == ["the container x is a stranger"])
        board.setStrangers([:])
        #expect(board.statuses.first?.warnings == [])
    }

    // MARK: What is odd about one

    @Test func `one that Docker answers 500 for is what the list says, and all are managed`() async throws {
        let containers = [
            Listed(id: "broken", name: Self.ours, status: 500),
            Listed(id: "good", name: "web.7-abcdef.1.2", attempt: "2", address: "172.17.0.3"),
        ]
        try await withEngine(containers) { runtime, log in
            let found = try await observe(runtime)
            #expect(Set(found.map(\.container.rawValue)) == ["broken", "good"])
            #expect(Set(found.flatMap(\.endpoints).map(\.description)) == ["172.17.0.2:80", "172.17.0.3:80"])
            #expect(log.lines.contains { $0.contains("layer does not exist") })
        }
    }

    @Test func `one that lacks one of its address families serves in the other, and it is said`() async throws {
        let both = Listed(id: "half", name: Self.ours, addresses: #"["172.18.0.1:7001", "[fd00::1]:7001"]"#)
        try await withEngine([both]) { runtime, log in
            let found = try await observe(runtime)
            #expect(found.flatMap(\.endpoints).map(\.description) == ["172.17.0.2:80"])
            #expect(log.lines.contains { $0.contains("no IPv6 address") && $0.contains("fd00::1") })
        }
    }

    @Test func `one that can be reached at none of its addresses is as good as one without an address`() async throws {
        let other = Listed(id: "none", name: Self.ours, addresses: #"["[fd00::1]:7001"]"#)
        try await withEngine([other, Listed(id: "good", name: "web.7-abcdef.1.2", attempt: "2")]) { runtime, _ in
            let found = try await observe(runtime)
            #expect(found.first { $0.container.rawValue == "none" }?.state == .unreachable)
            #expect(found.contains { $0.container.rawValue == "good" })
        }
    }
}
