import Docker
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// What the client does when the engine isn't the one that it met first.
@Suite struct ChangedEngineTests {
    @Test func `a version that is refused is agreed on anew, and the call made again`() async throws {
        try await withEngine { request in
            request.target.hasPrefix("/v1.43/") && request.target.contains("/first/")
                ? .whole(400, #"{"message":"client version 1.43 is too new. Maximum supported API version is 1.41"}"#)
                : .whole(204, "")
        } _: { client, server in
            let error = await failure { () async throws(DockerError) in try await client.startContainer("first") }
            #expect(error?.description.contains("client version 1.43 is too new") == true)
            try await client.startContainer("second")
            let targets = server.requests.map(\.target)
            #expect(
                targets == [
                    "/version", "/v1.43/containers/first/start", "/version", "/v1.43/containers/first/start",
                    "/version",
                    "/v1.43/containers/second/start",
                ]
            )
        }
    }

    @Test func `after a lost connection the version is asked for again`() async throws {
        let isFirst = Mutex(true)
        try await withEngine { _ in
            let breaks = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            return breaks ? .drop : .whole(204, "")
        } _: { client, server in
            let error = await failure { () async throws(DockerError) in try await client.startContainer("a") }
            #expect(error?.isTransient == true)
            try await client.startContainer("a")
            #expect(server.requests.map(\.target).filter { $0 == "/version" }.count == 2)
        }
    }

    @Test func `once its events have ended, nothing is asked of an engine that isn't Docker's`() async throws {
        let isDocker = Mutex(true)
        let podman = #"{"ApiVersion":"1.43","Components":[{"Name":"Podman Engine","Version":"5.4.2"}]}"#
        try await StandInHTTPServer.run { request in
            switch request.target.split(separator: "?")[0] {
            case "/version":
                .whole(200, isDocker.withLock { $0 } ? #"{"ApiVersion":"1.43"}"# : podman)
            case "/v1.43/events":
                .chunks([])
            default:
                .whole(200, "[]")
            }
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            _ = try await client.listContainers(label: [])
            try await client.events { _ in }
            isDocker.withLock { $0 = false }
            let error = await failure { () async throws(DockerError) in
                _ = try await client.listContainers(label: [])
            }
            #expect(error == .otherEngine(found: "Podman 5.4.2", socket: server.socketPath))
            isDocker.withLock { $0 = true }
            _ = try await client.listContainers(label: [])
            try await client.shutdown()
            let lists = server.requests.filter { $0.target.hasPrefix("/v1.43/containers/json") }
            #expect(lists.count == 2)
        }
    }
}
