import Docker
import NIOPosix
import TestSupport
import Testing

@Suite struct CallTests {
    @Test func `the version is asked for once and used from then on`() async throws {
        try await withEngine { _ in
            .whole(204, "")
        } _: { client, server in
            try await client.startContainer("abc")
            try await client.killContainer("abc", signal: "SIGHUP")
            #expect(
                server.requests.map { "\($0.method) \($0.target)" } == [
                    "GET /version", "POST /v1.43/containers/abc/start", "POST /v1.43/containers/abc/kill?signal=SIGHUP",
                ]
            )
            #expect(server.requests.allSatisfy { $0.hosts == ["docker"] })
        }
    }

    @Test(arguments: [
        (#"{"ApiVersion":"1.40"}"#, "1.40"), (#"{"ApiVersion":"1.47","MinAPIVersion":"1.24"}"#, "1.47"),
        (#"{"ApiVersion":"1.52","MinAPIVersion":"1.44"}"#, "1.47"),
    ])
    func `the newest version that both sides know is taken`(version: String, expected: String) async throws {
        try await withEngine(version: version) { _ in
            .hang
        } _: { client, _ in
            let agreed = try await client.negotiate()
            #expect(agreed == expected)
        }
    }

    @Test(arguments: [#"{"ApiVersion":"1.39"}"#, #"{"ApiVersion":"1.60","MinAPIVersion":"1.48"}"#])
    func `an engine without a version that we know is refused`(version: String) async throws {
        try await withEngine(version: version) { _ in
            .hang
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in try await client.negotiate() }
            guard case .unsupportedVersion = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    @Test func `a container is asked for as the engine wants it`() async throws {
        try await withEngine { _ in
            .whole(201, #"{"Id":"f00d","Warnings":[]}"#)
        } _: { client, server in
            var spec = ContainerSpec(image: "nginx:1.27")
            spec.command = ["nginx", "-g", "daemon off;"]
            spec.entrypoint = []
            spec.environment = ["A=b"]
            spec.labels = ["service": "web"]
            spec.hostname = "web"
            spec.user = "101:101"
            spec.binds = ["/srv/www:/www:ro"]
            spec.tmpfs = ["/tmp": "size=64m"]
            spec.network = "bridge"
            spec.memory = 268_435_456
            spec.nanoCPUs = 500_000_000
            spec.pidsLimit = 100
            spec.ulimits = [ContainerSpec.Ulimit(name: "nofile", soft: 1024, hard: 2048)]
            spec.stopSignal = "SIGQUIT"
            spec.stopTimeout = 30
            let id = try await client.createContainer(name: "web.1", spec)
            #expect(id == "f00d")
            let request = try #require(server.requests.last)
            #expect(request.target == "/v1.43/containers/create?name=web.1")
            #expect(
                request.body == #"""
                    {"Cmd":["nginx","-g","daemon off;"],"Entrypoint":[],"Env":["A=b"],"HostConfig":{"Binds":["/srv/www:/www:ro"],\#
                    "LogConfig":{"Config":{"max-file":"3","max-size":"10m"},"Type":"json-file"},"Memory":268435456,\#
                    "NanoCpus":500000000,"NetworkMode":"bridge","PidsLimit":100,"RestartPolicy":{"Name":"no"},\#
                    "Tmpfs":{"/tmp":"size=64m"},"Ulimits":[{"Hard":2048,"Name":"nofile","Soft":1024}]},"Hostname":"web",\#
                    "Image":"nginx:1.27","Labels":{"service":"web"},"StopSignal":"SIGQUIT","StopTimeout":30,"User":"101:101"}
                    """#
            )
        }
    }

    @Test func `containers are listed by label`() async throws {
        try await withEngine { _ in
            .whole(
                200,
                #"[{"Id":"a","Names":["/web.1"],"State":"exited","Labels":{"s":"web"},"Created":7},{"Id":"b"}]"#
            )
        } _: { client, server in
            let found = try await client.listContainers(label: ["s=web"])
            #expect(found.map(\.id) == ["a", "b"])
            #expect(found.first?.names == ["web.1"])
            #expect(found.first?.labels == ["s": "web"])
            #expect(found.last?.state == "")
            let target = "/v1.43/containers/json?all=1&filters=%7B%22label%22%3A%5B%22s%3Dweb%22%5D%7D"
            #expect(server.requests.last?.target == target)
        }
    }

    @Test func `stopping what has stopped and removing what is gone are fine`() async throws {
        try await withEngine { request in
            request.method == "DELETE" ? .whole(404, #"{"message":"No such container"}"#) : .whole(304, "")
        } _: { client, server in
            try await client.stopContainer("abc", timeout: .milliseconds(1500))
            try await client.removeContainer("abc")
            #expect(
                server.requests.dropFirst().map { "\($0.method) \($0.target)" } == [
                    "POST /v1.43/containers/abc/stop?t=2", "DELETE /v1.43/containers/abc?force=1&v=1",
                ]
            )
        }
    }

    @Test(arguments: [(404, false, true, false), (409, false, false, true), (500, true, false, false)])
    func `an error carries the engine's words`(
        status: Int,
        transient: Bool,
        notFound: Bool,
        conflict: Bool
    ) async throws {
        try await withEngine { _ in
            .whole(status, #"{"message":"because"}"#)
        } _: { client, _ in
            let error = try #require(
                await failure { () async throws(DockerError) in try await client.startContainer("a") }
            )
            #expect(error == .api(status: status, message: "because", call: "POST /containers/a/start"))
            #expect(error.isTransient == transient)
            #expect(error.isNotFound == notFound)
            #expect(error.isConflict == conflict)
        }
    }

    @Test func `a missing socket is reported at once`() async throws {
        let client = DockerClient(socketPath: "/nonexistent/docker.sock", group: MultiThreadedEventLoopGroup.singleton)
        let error = await failure { () async throws(DockerError) in try await client.startContainer("a") }
        try await client.shutdown()
        guard case .unreachable("/nonexistent/docker.sock", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [StandInHTTPServer.Answer.hang, .stall([Array("{".utf8)])])
    func `a call that hangs hits its limit while another goes on`(answer: StandInHTTPServer.Answer) async throws {
        var limits = CallLimits()
        limits.create = .milliseconds(300)
        try await withEngine(limits: limits) { request in
            request.target.contains("/create") ? answer : .whole(204, "")
        } _: { client, server in
            try await client.negotiate()
            async let hanging = failure { () async throws(DockerError) in
                _ = try await client.createContainer(name: "a", ContainerSpec(image: "nginx"))
            }
            try await client.startContainer("b")
            #expect(await hanging == .timedOut(call: "POST /containers/create", limit: .milliseconds(300)))
            #expect(server.requests.contains { $0.target == "/v1.43/containers/b/start" })
        }
    }

    @Test func `an answer that is no JSON is reported`() async throws {
        try await withEngine { _ in
            .whole(200, "<html>")
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in _ = try await client.inspectContainer("a") }
            guard case .undecodable("GET /containers/a/json", _) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }
}
