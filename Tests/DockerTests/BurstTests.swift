import Docker
import TestSupport
import Testing

@Suite struct BurstTests {
    @Test func `a thousand events at once all arrive, in their order`() async throws {
        let lines = (0..<1000).map { #"{"Type":"container","Action":"start","Actor":{"ID":"c\#($0)"}}"# + "\n" }
        let text = Array(lines.joined().utf8)
        try await withEngine { _ in
            .chunks([text])
        } _: { client, _ in
            var seen: [String] = []
            try await client.events { seen.append($0.id) }
            #expect(seen == (0..<1000).map { "c\($0)" })
        }
    }

    @Test func `a hundred calls that hang hold up none`() async throws {
        var limits = CallLimits()
        limits.query = .seconds(20)
        try await withEngine(limits: limits) { request in
            request.target.hasSuffix("/json") ? .hang : .whole(204, "")
        } _: { client, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        _ = await failure { () async throws(DockerError) in
                            _ = try await client.inspectContainer("\(number)")
                        }
                    }
                }
                try await eventually("all hang") {
                    server.requests.filter { $0.target.hasSuffix("/json") }.count == 100
                }
                try await client.startContainer("b")
                group.cancelAll()
            }
        }
    }
}
