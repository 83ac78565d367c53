import ControlAPI
import ServiceModel
import Testing

@Suite struct `metrics` {
    private func lines(_ services: [ServiceStatus]) async throws -> [Substring] {
        try await serving(StandInBackend(services)) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                try await client.metrics().split(separator: "\n")
            }
        }
    }

    @Test func `say how each service is, and what it depends on`() async throws {
        let found = try await lines([try Fixtures.api(), try Fixtures.mail(), try Fixtures.web()])
        for expected in [
            #"smd_build_info{version="1.0.0"} 1"#, "smd_docker_up 1", "smd_ipvs_up 1",
            #"smd_source_up{source="directory"} 1"#, "# TYPE smd_ipvs_drift_total counter", "smd_ipvs_drift_total 0",
            #"smd_broken_promises_total{invariant="I1"} 0"#, #"smd_broken_promises_total{invariant="I6"} 0"#,
            #"smd_service_state{service="api",state="running"} 1"#,
            #"smd_service_state{service="api",state="failed"} 0"#,
            #"smd_service_state{service="mail",state="degraded"} 1"#,
            #"smd_service_info{candidate="9-44ab03112233",current="8-7710fe4a5b6c",service="web",target="9-44ab03112233"} 1"#,
            #"smd_backends{phase="serving",service="web"} 2"#, #"smd_backends_in_service{service="web"} 2"#,
            #"smd_failed_revisions{service="mail"} 1"#, #"smd_failed_revisions{service="web"} 0"#,
        ] {
            #expect(found.contains(Substring(expected)), "\(expected)")
        }
    }

    @Test func `count what can't be a service`() async throws {
        let backend = StandInBackend([])
        backend.setSources([
            .init(name: "couchdb", state: .up, error: nil),
            .init(name: "directory", state: .down, error: "gone", unusable: 2),
        ])
        let found = try await serving(backend) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { try await $0.metrics() }
        }
        .split(separator: "\n")
        for expected in [
            #"smd_source_unusable{source="couchdb"} 0"#, #"smd_source_unusable{source="directory"} 2"#,
            #"smd_source_up{source="couchdb"} 1"#, #"smd_source_up{source="directory"} 0"#,
        ] {
            #expect(found.contains(Substring(expected)), "\(expected)")
        }
    }

    @Test func `have a type for each, and each sample once`() async throws {
        let found = try await lines([try Fixtures.api(), try Fixtures.mail()])
        let samples = found.filter { !$0.hasPrefix("#") }
        #expect(Set(samples.map { $0.prefix { $0 != " " } }).count == samples.count)
        let typed = Set(found.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
        #expect(Set(samples.map { $0.prefix { $0 != "{" && $0 != " " } }) == typed)
    }

    @Test func `escape what would end a label`() async throws {
        var service = try Fixtures.api()
        service.current = "1-\"a\\b\nc"
        let found = try await lines([service])
        #expect(found.contains { $0.contains(#"current="1-\"a\\b\nc""#) })
    }

    @Test func `are there without any service`() async throws {
        let found = try await lines([])
        #expect(found.contains("smd_docker_up 1"))
        #expect(!found.contains { $0.contains("smd_service_state") })
    }
}
