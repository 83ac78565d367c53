import ServiceManager
import ServiceModel
import Testing

/// What the journal has at the level debug.
@Suite struct DebugLogTests {
    @Test(.timeLimit(.minutes(5)))
    func `every event and every step of a service is logged, and no value of its environment`() async throws {
        let host = FakeHost()
        let log = RecordedLog()
        let text = """
            {"image": "web:1", "port": 80, "address": "172.18.0.1:7001", "min_healthy": "20ms",
             "environment": {"PASSWORD": "hunter2"}, "health_check": {"kind": "tcp", "startup_interval": "50ms"}}
            """
        try await withManager(host, logger: log.logger) { inbox, board in
            let document = SourceDocument(id: "web", revision: "1-abcdef", body: [UInt8](text.utf8))
            inbox.send(.source(.present(document), .directory("test")))
            await board.wait { $0.state == .running }
        }
        let debug = log.lines.filter { $0.hasPrefix("debug ") }
        for line in [
            "debug web: happened: defined 1-abcdef (web:1)", "debug web: to do: claim 172.18.0.1:7001 for 1-abcdef",
            "debug web: happened: pulled for 1-abcdef", "debug web: happened: timer min_healthy 1-abcdef/1#1",
        ] {
            #expect(debug.contains(line), "\(debug)")
        }
        #expect(!log.lines.contains { $0.contains("hunter2") })
    }
}
