import Docker
import TestSupport
import Testing

@Suite struct InspectTests {
    @Test func `what the engine says of a container is read`() async throws {
        let answer = #"""
            {"Id":"f00d","Name":"/web.1","Image":"sha256:1","Config":{"Image":"nginx","Labels":{"a":"b"}},
            "State":{"Status":"running","Running":true,"Paused":false,"OOMKilled":true,"Pid":42,"ExitCode":3,"Error":"",
            "StartedAt":"2024-05-01T10:00:00.5Z","FinishedAt":"0001-01-01T00:00:00Z",
            "Health":{"Status":"healthy","Log":[{"Output":"first"},{"Output":"last"}]}},
            "HostConfig":{"NetworkMode":"bridge"},"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2",
            "GlobalIPv6Address":"","MacAddress":"02:42:ac:11:00:02","Gateway":"172.17.0.1"},"other":null}}}
            """#
        try await withEngine { _ in
            .whole(200, answer)
        } _: { client, _ in
            let found = try await client.inspectContainer("f00d")
            #expect(found.id == "f00d")
            #expect(found.name == "web.1")
            #expect(found.image == "nginx")
            #expect(found.imageID == "sha256:1")
            #expect(found.isRunning)
            #expect(!found.isPaused)
            #expect(found.outOfMemory)
            #expect(found.exitCode == 3)
            #expect(found.pid == 42)
            #expect(found.startedAt == "2024-05-01T10:00:00.5Z")
            #expect(found.finishedAt == nil)
            #expect(found.error == nil)
            #expect(found.health?.status == "healthy")
            #expect(found.health?.lastLog == "last")
            #expect(found.labels == ["a": "b"])
            #expect(found.networkMode == "bridge")
            #expect(found.networks.keys.sorted() == ["bridge"])
            #expect(found.networks["bridge"]?.ipAddress == "172.17.0.2")
            #expect(found.networks["bridge"]?.ipv6Address == nil)
            #expect(found.networks["bridge"]?.macAddress == "02:42:ac:11:00:02")
            #expect(found.networks["bridge"]?.gateway == "172.17.0.1")
        }
    }

    @Test(arguments: [
        #"{"Id":"a"}"#, #"{"Id":"a","State":null,"Config":{"Labels":null},"NetworkSettings":{"Networks":null}}"#,
        #"{"Id":"a","State":7,"Name":null,"Config":[],"HostConfig":"x","NetworkSettings":{"Networks":{"n":1}}}"#,
    ])
    func `what is missing or odd reads as nothing`(answer: String) async throws {
        try await withEngine { _ in
            .whole(200, answer)
        } _: { client, _ in
            let found = try await client.inspectContainer("a")
            #expect(found.id == "a")
            #expect(!found.isRunning)
            #expect(found.pid == nil)
            #expect(found.labels == [:])
            #expect(found.networks == [:])
        }
    }

    @Test func `an image is read, and one that isn't here is nil`() async throws {
        try await withEngine { request in
            request.target == "/v1.43/images/registry%3A5000/app%3A1/json"
                ? .whole(
                    200,
                    #"{"Id":"sha256:1","Config":{"StopSignal":"SIGQUIT","Healthcheck":{"Test":["CMD","x"]}}}"#
                )
                : .whole(404, #"{"message":"No such image"}"#)
        } _: { client, _ in
            let found = try await client.inspectImage("registry:5000/app:1")
            #expect(found?.id == "sha256:1")
            #expect(found?.stopSignal == "SIGQUIT")
            #expect(found?.hasHealthCheck == true)
            let missing = try await client.inspectImage("absent")
            #expect(missing == nil)
        }
    }
}
