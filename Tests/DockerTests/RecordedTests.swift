import Docker
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

/// What engines of several versions really answered (`Recorded/record`), read by the client.
@Suite struct RecordedTests {
    private static let folder = FilePaths.folder

    static let versions =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?
        .filter { $0.first?.isNumber == true }.sorted() ?? []

    private enum FilePaths {
        static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded").path
    }

    private static func text(_ name: String, _ version: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(version)/\(name)")), as: UTF8.self)
    }

    /// Runs a client against an engine that answers as the one of that version did.
    private func withRecorded(
        _ version: String,
        details: String = "running.json",
        _ body: (DockerClient, StandInHTTPServer, String) async throws -> Void
    ) async throws {
        let agreed = ["1.40", "1.41", "1.45"].contains(version) ? version : "1.47"
        let files = [
            "/info": "info.json", "/containers/json": "list.json", "/containers/recorded/json": details,
            "/images/web:1/json": "image.json", "/networks/bridge": "network.json", "/networks": "networks.json",
            "/events": "events.jsonl",
        ]
        try await withEngine(version: try Self.text("version.json", version)) { request in
            let path = request.target.split(separator: "?")[0].replacing("%3A", with: ":")
            guard path.hasPrefix("/v\(agreed)/"), let file = files[String(path.dropFirst(agreed.count + 2))],
                let text = try? Self.text(file, version)
            else {
                return .whole(500, #"{"message":"not recorded: \#(path)"}"#)
            }
            return .whole(details == "missing.json" && file == details ? 404 : 200, text)
        } _: { client, server in
            try await body(client, server, agreed)
        }
    }

    @Test func `there are recordings of four versions of the API`() {
        #expect(Self.versions.count >= 4, "\(Self.versions)")
    }

    @Test(arguments: versions)
    func `the newest version that both sides know is spoken`(version: String) async throws {
        try await withRecorded(version) { client, _, agreed in
            let spoken = try await client.negotiate()
            #expect(spoken == agreed)
        }
    }

    @Test(arguments: versions)
    func `the engine, its networks and an image are read`(version: String) async throws {
        try await withRecorded(version) { client, _, _ in
            let info = try await client.info()
            #expect(info.serverVersion?.first?.isNumber == true)
            #expect(!info.isRootless)
            #expect(info.firewallBackend?.hasPrefix("nftables") != true)
            let bridge = try #require(try await client.inspectNetwork("bridge"))
            #expect(bridge.bridgeName == "docker0")
            #expect(bridge.subnets.contains("172.17.0.0/16"))
            let names = Set(try await client.listNetworks().map(\.name))
            #expect(names.isSuperset(of: ["bridge", "host", "none"]))
            let image = try #require(try await client.inspectImage("web:1"))
            #expect(image.id.hasPrefix("sha256:"))
        }
    }

    @Test(arguments: versions)
    func `a container that runs is read, in the list and by itself`(version: String) async throws {
        try await withRecorded(version) { client, _, _ in
            let listed = try await client.listContainers(label: ["service-manager.service"])
            let details = try await client.inspectContainer("recorded")
            #expect(listed.map(\.id) == [details.id])
            #expect(listed.first?.state == "running")
            #expect(listed.first?.labels["service-manager.slot"] == "1")
            #expect(details.isRunning)
            #expect(details.pid ?? 0 > 1)
            #expect(details.stopSignal == "SIGQUIT")
            #expect(details.labels["service-manager.service"] == "recorded")
            let network = try #require(details.networks["bridge"])
            #expect(network.ipAddress?.hasPrefix("172.17.0.") == true)
            #expect(network.macAddress?.split(separator: ":").count == 6)
        }
    }

    @Test(arguments: versions)
    func `one that was killed, and one that is gone, are read`(version: String) async throws {
        try await withRecorded(version, details: "exited.json") { client, _, _ in
            let details = try await client.inspectContainer("recorded")
            #expect(!details.isRunning)
            #expect(details.exitCode == 137)
            #expect(!details.outOfMemory)
        }
        try await withRecorded(version, details: "missing.json") { client, _, _ in
            let error = await failure { () async throws(DockerError) in
                _ = try await client.inspectContainer("recorded")
            }
            #expect(error?.isNotFound == true)
        }
    }

    @Test(arguments: versions)
    func `its events are read in their order`(version: String) async throws {
        let heard = Mutex<[DockerEvent]>([])
        try await withRecorded(version) { client, _, _ in
            _ = await failure { () async throws(DockerError) in
                try await client.events { event in heard.withLock { $0.append(event) } }
            }
        }
        let events = heard.withLock { $0 }
        let actions = events.map(\.action)
        var expected = ["start", "pause", "unpause", "kill", "kill", "die", "destroy"][...]
        for action in actions where action == expected.first { expected = expected.dropFirst() }
        #expect(expected.isEmpty, "\(actions)")
        #expect(events.filter { $0.action == "kill" }.map { $0.attributes["signal"] } == ["1", "9"])
        #expect(events.first { $0.action == "die" }?.exitCode == 137)
        #expect(events.first { $0.action == "start" }?.attributes["service-manager.service"] == "recorded")
        #expect(actions.contains("disconnect"))
    }

    @Test func `Podman is told by what it consists of, and asked for nothing else`() async throws {
        let version = try Self.text("version.json", "podman-5.4")
        try await withEngine(version: version) { _ in
            .whole(200, "[]")
        } _: { client, server in
            let error = await failure { () async throws(DockerError) in
                _ = try await client.listContainers(label: [])
            }
            #expect(error == .otherEngine(found: "Podman 5.4.2", socket: server.socketPath))
            #expect(error?.isOutage == true)
            #expect(error?.isTransient == true)
            #expect(error?.description.hasPrefix("Podman 5.4.2 answers on \(server.socketPath)") == true)
            #expect(server.requests.map(\.target) == ["/version"])
            #expect(client.agreedVersion == nil)
        }
    }
}
