import IPVS
import ServiceManager
import ServiceModel
import Testing

/// `ipvs_timeouts` of the configuration, and what `doctor` says of the kernel's.
@Suite struct IPVSTimeoutsTests {
    private let kernel = Timeouts(tcp: .seconds(900), tcpFinish: .seconds(120), udp: .seconds(300))

    @Test func `what is named is changed, the rest stays`() throws {
        let timeouts = try IPVSTimeouts(["tcp": "2h", "udp": "90s"], "config.json")
        #expect(
            timeouts.change(from: kernel) == Timeouts(tcp: .seconds(7200), tcpFinish: .seconds(120), udp: .seconds(90))
        )
        #expect(try IPVSTimeouts(["tcp": "15m"], "config.json").change(from: kernel) == nil)
    }

    @Test(arguments: [
        (["tcp": "0s"], #"config.json: ipvs_timeouts.tcp: expected a duration from "1s" to "24d", found "0s""#),
        (["udp": "soon"], #"config.json: ipvs_timeouts.udp: expected a duration from "1s" to "24d", found "soon""#),
        (
            ["tcp_fin": "25d"],
            #"config.json: ipvs_timeouts.tcp_fin: expected a duration from "1s" to "24d", found "25d""#
        ),
        (["tcp": "1500ms"], #"config.json: ipvs_timeouts.tcp: expected whole seconds, found "1500ms""#),
        (["fin": "1m"], #"config.json: ipvs_timeouts: expected "tcp", "tcp_fin" or "udp", found "fin""#),
    ])
    func `what can't be understood is said`(file: [String: String], message: String) {
        #expect { try IPVSTimeouts(file, "config.json") } throws: { "\($0)" == message }
    }

    @Test func `doctor shows after which silence a connection is forgotten, and what isn't as configured`() {
        let check = HostCheck(timeouts: kernel, configured: nil)
        #expect(check.state == .ok)
        #expect(check.found == "a connection that is idle for longer is forgotten: tcp 15m, tcp_fin 2m, udp 5m")
        let other = HostCheck(timeouts: kernel, configured: IPVSTimeouts(tcp: .seconds(7200)))
        #expect(other.state == .warning)
        #expect(other.expected == "tcp 2h, tcp_fin 2m, udp 5m, as ipvs_timeouts in config.json says")
    }
}
