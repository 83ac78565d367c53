import Addresses
import FoundationEssentials
import IPVS
import Testing

/// The connections of a real kernel's `/proc/net/ip_vs_conn`: Tests/Host/capture-connections writes the file.
@Suite struct ConnectionTests {
    private let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures/connections.dump"
    ).path

    private func lines() throws -> [Substring] {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n")
    }

    @Test func `every line but the heading is understood`() throws {
        let lines = try lines()
        let connections = lines.compactMap { TrackedConnection(line: $0) }
        #expect(lines.count == 11)
        #expect(connections.count == lines.count - 1)
        #expect(
            connections.map(\.state).sorted() == [
                "ASSURED", "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "SYN_RECV", "SYN_RECV", "TIME_WAIT",
                "TIME_WAIT",
                "UDP", "UDP",
            ]
        )
        #expect(connections.filter { $0.stage == .established }.count == 3)
        #expect(connections.filter { $0.stage == .halfOpen }.count == 2)
    }

    @Test func `an IPv4 line says who is connected to what`() throws {
        let connection = try #require(
            TrackedConnection(line: "TCP 0A4D0001 884E 0A4D0001 1BAA 0A080002 0050 ESTABLISHED     895")
        )
        #expect(connection.transport == .tcp)
        #expect(connection.client == .init(address: try IPAddress("10.77.0.1"), port: 0x884e))
        #expect(connection.service.isSame(as: try Endpoint("10.77.0.1:7082")))
        #expect(connection.destination.isSame(as: try Endpoint("10.8.0.2:80")))
        #expect(connection.stage == .established)
        #expect(connection.expires == .seconds(895))
    }

    @Test func `an IPv6 line and one of UDP do, too`() throws {
        let connection = try #require(
            try lines().compactMap { TrackedConnection(line: $0) }.first { $0.state == "UDP" }
        )
        #expect(connection.transport == .udp)
        #expect(connection.client == .init(address: try IPAddress("fd00:77::1"), port: 0xe08c))
        #expect(connection.service.isSame(as: try Endpoint("[fd00:77::1]:53")))
        #expect(connection.destination.isSame(as: try Endpoint("[fd00:8::2]:53")))
        #expect(connection.stage == .inactive)
    }

    @Test(arguments: [
        "", "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData", "TCP",
        "TCP 0A4D000 884E 0A4D0001 1BAA 0A080002 0050 ESTABLISHED 895",
        "TCP 0A4D0001 884E 0A4D0001 1BAA 0A080002 50 ESTABLISHED 895",
        "ICM 0A4D0001 884E 0A4D0001 1BAA 0A080002 0050 ESTABLISHED 895",
        "TCP 0A4D0001 884E 0A4D0001 1BAA 0A080002 0050 ESTABLISHED -1",
        "TCP fd00::zz 884E fd00::1 1BAA fd00::2 0050 X 1",
    ])
    func `what isn't a connection is passed over`(line: String) {
        #expect(TrackedConnection(line: line) == nil)
    }

    @Test(arguments: [
        ("10.77.0.1:7080", "10.8.0.2:80", ["ESTABLISHED", "TIME_WAIT"]),
        ("10.77.0.1:7081", "10.8.0.2:81", ["SYN_RECV"]),
        // The template of a persistent client isn't a connection.
        ("10.77.0.1:7082", "10.8.0.2:80", ["ESTABLISHED"]),
        ("[fd00:77::1]:7080", "[fd00:8::2]:80", ["ESTABLISHED", "TIME_WAIT"]),
        ("udp://10.77.0.1:53", "10.8.0.2:53", ["UDP"]),
        ("10.77.0.1:53", "10.8.0.2:53", []),
        ("10.77.0.1:7080", "10.8.0.3:80", []),
    ])
    func `those to one destination are found`(address: String, destination: String, states: [String]) async throws {
        let found = await ConnectionTable(path: path).connections(
            to: [try ServiceAddress(address): try Endpoint(destination)]
        )
        #expect(found?.map(\.state).sorted() == states)
    }

    @Test func `a table that can't be read says nothing, rather than that there are no connections`() async throws {
        let table = ConnectionTable(path: "/nonexistent")
        #expect(await table.connections(to: [address("10.77.0.1:7080"): endpoint("10.8.0.2:80")]) == nil)
    }
}
