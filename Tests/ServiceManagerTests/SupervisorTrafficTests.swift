import Addresses
import ServiceManager
import ServiceModel
import Testing

/// Addresses and destinations of supervised services.
@Suite struct SupervisorTrafficTests {
    private let address: ServiceAddress
    private let endpoint: Endpoint

    init() throws {
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("172.17.0.1:80")
    }

    @Test func `a revision that waited too long for another service's address has it when that one lets it go`() throws
    {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1, of: "api", port: 7001)
        daemon.define(1, of: "web", port: 7002)
        daemon.pass(.seconds(10))
        daemon.define(2, of: "web", port: 7001, #", "progress_deadline": "5s""#)
        daemon.pass(.seconds(60))
        #expect(daemon.status()?.failed.map(\.phase) == ["address"])
        #expect(daemon.status()?.current == "1-abcdef")
        daemon.send(.source(.deleted(id: "api"), SteppedDaemon.directory))
        daemon.pass(.seconds(60))
        #expect(daemon.status("api") == nil)
        #expect(daemon.status()?.state == .running)
        #expect(daemon.status()?.current == "2-abcdef")
        #expect(Array(daemon.host.table.keys) == [address])
    }

    private func repairs(_ daemon: SteppedDaemon) -> [String] {
        daemon.host.calls.filter { $0.hasPrefix("repair") }
    }

    @Test func `what differed only because a write was under way isn't repaired`() throws {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        #expect(daemon.host.table == [address: [endpoint: 1]])
        let web = try ServiceID("web")
        let missing = TrafficRepair(address, .destinationMissing(endpoint, weight: 1))
        daemon.send(.drifted(web, [missing]))
        #expect(repairs(daemon) == [])
        // What was seen is repaired, and what came since waits until it has been seen twice, too.
        let stranger = try Endpoint("10.0.0.7:80")
        daemon.host.meddle(address) { $0 = [stranger: 1] }
        daemon.send(.drifted(web, [missing]))
        #expect(repairs(daemon) == ["repair destination_missing"])
        #expect(daemon.host.table == [address: [endpoint: 1, stranger: 1]])
        #expect(daemon.board.repairs[web] == [.destinationMissing: 1])
        daemon.send(.drifted(web, [TrafficRepair(address, .destinationForeign(stranger, weight: 1))]))
        #expect(daemon.host.table == [address: [endpoint: 1]])
    }
}
