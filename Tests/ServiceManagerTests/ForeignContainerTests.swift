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
    private static let ours = "web.7-abcdef.1.1"

    private func observe(
        _ runtime: DockerRuntime,
        _ known: KnownContainers = KnownContainers([]),
        lastResort: ServiceDefinition? = nil
    ) async throws -> [ObservedContainer] {
        let found = try await runtime.observe(
            known,
            decode: { ServiceDefinition.decode($0).definition },
            stored: { _, _ in nil },
            lastResort: { _ in lastResort },
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
            ListedContainer(id: "original", name: Self.ours),
            ListedContainer(id: "copy", name: "nifty_swartz", address: "172.17.0.3"),
        ]
        try await withListedContainers(containers) { runtime, log in
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
        try await withListedContainers([ListedContainer(id: "renamed", name: "web-of-anna")]) { runtime, _ in
            let found = try await observe(runtime, try record("renamed"))
            #expect(found.map(\.container.rawValue) == ["renamed"])
        }
    }

    @Test func `one of ours that no service knows is a stray`() async throws {
        try await withListedContainers([ListedContainer(id: "lost", name: Self.ours)]) { runtime, _ in
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
            ListedContainer(id: "odd", name: "web.7-abcdef.1.\(attempt)", attempt: attempt),
            ListedContainer(id: "original", name: Self.ours),
        ]
        try await withListedContainers(containers) { runtime, log in
            let found = try await observe(runtime)
            #expect(found.map(\.container.rawValue) == ["original"])
            #expect(log.lines.contains { $0.contains("incomplete or invalid") })
        }
    }

    @Test func `what the status says of strangers is said with their service`() throws {
        let board = StatusBoard()
        let service = try ServiceID("web")
        var rollout = Rollout(service: service)
        _ = rollout.handle(.unit(.managerStarted(nil)))
        board.update(rollout)
        board.setStrangers([service: ["the container x is a stranger"]])
        #expect(board.statuses.first?.warnings == ["the container x is a stranger"])
        board.setStrangers([:])
        #expect(board.statuses.first?.warnings == [])
    }

    // MARK: What is odd about one

    @Test func `one that Docker answers 500 for is what the list says, and all are managed`() async throws {
        let containers = [
            ListedContainer(id: "broken", name: Self.ours, status: 500),
            ListedContainer(id: "good", name: "web.7-abcdef.1.2", attempt: "2", address: "172.17.0.3"),
        ]
        try await withListedContainers(containers) { runtime, log in
            let found = try await observe(runtime)
            #expect(Set(found.map(\.container.rawValue)) == ["broken", "good"])
            #expect(Set(found.flatMap(\.endpoints).map(\.description)) == ["172.17.0.2:80", "172.17.0.3:80"])
            #expect(log.lines.contains { $0.contains("layer does not exist") })
        }
    }

    @Test func `one that lacks one of its address families serves in the other, and it is said`() async throws {
        let both = ListedContainer(id: "half", name: Self.ours, addresses: #"["172.18.0.1:7001", "[fd00::1]:7001"]"#)
        try await withListedContainers([both]) { runtime, log in
            let found = try await observe(runtime)
            #expect(found.flatMap(\.endpoints).map(\.description) == ["172.17.0.2:80"])
            #expect(log.lines.contains { $0.contains("no IPv6 address") && $0.contains("fd00::1") })
        }
    }

    @Test func `one that can be reached at none of its addresses is as good as one without an address`() async throws {
        let other = ListedContainer(id: "none", name: Self.ours, addresses: #"["[fd00::1]:7001"]"#)
        try await withListedContainers([other, ListedContainer(id: "good", name: "web.7-abcdef.1.2", attempt: "2")]) {
            runtime,
            _ in
            let found = try await observe(runtime)
            #expect(found.first { $0.container.rawValue == "none" }?.state == .unreachable)
            #expect(found.contains { $0.container.rawValue == "good" })
        }
    }

    @Test func `one whose network Docker answers 500 for is managed all the same`() async throws {
        let containers = [
            ListedContainer(id: "one", name: Self.ours),
            ListedContainer(id: "two", name: "web.7-abcdef.1.2", attempt: "2", address: "172.17.0.3"),
        ]
        let trouble = StandInHTTPServer.Answer.whole(500, #"{"message":"plugin not found"}"#)
        try await withListedContainers(containers, network: trouble) { runtime, log in
            let found = try await observe(runtime)
            #expect(Set(found.map(\.container.rawValue)) == ["one", "two"])
            #expect(Set(found.flatMap(\.endpoints).map(\.description)) == ["172.17.0.2:80", "172.17.0.3:80"])
            #expect(log.lines.contains { $0.contains("can't be inspected") && $0.contains("plugin not found") })
        }
    }

    @Test func `an engine that goes away while it is asked for a network says nothing of any container`() async throws {
        try await withListedContainers([ListedContainer(id: "one", name: Self.ours)], network: .drop) { runtime, _ in
            await #expect(throws: DockerError.self) { try await observe(runtime) }
        }
    }

    @Test func `one whose document is lost serves where its service does`() async throws {
        let other = ServiceDefinition(
            image: "web:1",
            port: try Port("8080"),
            addresses: [try ServiceAddress("172.18.0.1:7001")]
        )
        let lost = ListedContainer(id: "lost", name: Self.ours, document: "")
        try await withListedContainers([lost]) { runtime, log in
            #expect(try await observe(runtime).isEmpty)
            #expect(log.lines.contains { $0.contains("no readable definition") })
            let found = try await observe(runtime, lastResort: other)
            #expect(found.map(\.container.rawValue) == ["lost"])
            #expect(found.flatMap(\.endpoints).map(\.description) == ["172.17.0.2:8080"])
        }
    }
}
