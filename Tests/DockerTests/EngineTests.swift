import Docker
import TestSupport
import Testing

@Suite struct EngineTests {
    @Test func `what the engine says of itself is read`() async throws {
        try await withEngine { request in
            request.target == "/_ping"
                ? .whole(200, "OK")
                : .whole(
                    200,
                    #"{"ServerVersion":"20.10.24","KernelVersion":"6.1","LiveRestoreEnabled":true,"Warnings":null}"#
                )
        } _: { client, _ in
            try await client.ping()
            let info = try await client.info()
            #expect(info.serverVersion == "20.10.24")
            #expect(info.hasLiveRestore)
            #expect(info.firewallBackend == nil)
        }
    }

    @Test func `a network is read, and one that isn't there is nil`() async throws {
        let answer = #"""
            {"Id":"n1","Name":"bridge","Driver":"bridge","Options":{"com.docker.network.bridge.name":"docker0"},
            "IPAM":{"Config":[{"Subnet":"172.17.0.0/16","Gateway":"172.17.0.1"},{"Subnet":"fd00::/64"}]}}
            """#
        try await withEngine { request in
            request.target == "/v1.43/networks/bridge"
                ? .whole(200, answer) : .whole(404, #"{"message":"no such network"}"#)
        } _: { client, _ in
            let found = try #require(try await client.inspectNetwork("bridge"))
            #expect(found.id == "n1")
            #expect(found.bridgeName == "docker0")
            #expect(found.subnets == ["172.17.0.0/16", "fd00::/64"])
            #expect(found.gateways == ["172.17.0.1"])
            let missing = try await client.inspectNetwork("absent")
            #expect(missing == nil)
        }
    }
}
