import Docker
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
}
