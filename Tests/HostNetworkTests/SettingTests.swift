import Addresses
import HostNetwork
import Testing

struct SettingTests {
    /// A folder like `/proc/sys` with the given settings; the shell makes it, and the caller removes it.
    private func folder(_ settings: [String: String]) throws -> String {
        var script = "d=$(mktemp -d); printf %s $d"
        for (name, value) in settings {
            let path = "$d/" + name.replacing(".", with: "/")
            script += "; mkdir -p $(dirname \(path)); echo \(value) > \(path)"
        }
        return try ProcessRunner().run("sh", ["-c", script]).output
    }

    private func network(_ settings: [String: String]) throws -> (HostNetwork, String) {
        var places = HostNetwork.Places()
        places.settings = try folder(settings)
        places.runner.folders = ["/nonexistent"]
        return (HostNetwork(places), places.settings)
    }

    private func plan() throws -> HostNetworkPlan { HostNetworkPlan(addresses: [try ServiceAddress("172.17.0.1:80")]) }

    @Test func `what differs is written once, and what is the administrator's is left`() async throws {
        let (network, folder) = try network([
            "net.ipv4.ip_forward": "0", "net.ipv4.vs.conntrack": "0", "net.ipv4.vs.expire_nodest_conn": "1",
            "net.ipv4.vs.expire_quiescent_template": "0", "net.ipv4.vs.conn_reuse_mode": "0",
        ])
        defer { _ = try? ProcessRunner().run("rm", ["-r", folder]) }
        let changes = try await network.apply(try plan())
        #expect(
            changes.map(\.description) == [
                "net.ipv4.ip_forward set from 0 to 1", "net.ipv4.vs.conntrack set from 0 to 1",
                "net.ipv4.vs.expire_quiescent_template set from 0 to 1",
            ]
        )
        #expect(try await network.apply(try plan()) == [])
        let findings = await network.check().filter { if case .setting = $0.subject { true } else { false } }
        #expect(findings.map(\.subject) == [.setting("net.ipv4.vs.conn_reuse_mode")])
        #expect(findings.first?.found == "net.ipv4.vs.conn_reuse_mode is 0")
        // Nothing that doesn't help is advised: a restart of the daemon leaves it as it is.
        #expect(
            findings.first?.nextStep
                == "run `sysctl -w net.ipv4.vs.conn_reuse_mode=1` as root, and look in /etc/sysctl.d for what sets "
                + "another value at boot"
        )
    }

    @Test func `before Docker runs, forwarding is left to Docker`() async throws {
        let (network, folder) = try network(["net.ipv4.ip_forward": "0", "net.ipv4.vs.conntrack": "0"])
        defer { _ = try? ProcessRunner().run("rm", ["-r", folder]) }
        let (changes, findings) = await network.prepareHost(schedulers: [])
        #expect(changes.map(\.description).filter { $0.contains(" set ") } == ["net.ipv4.vs.conntrack set from 0 to 1"])
        #expect(!findings.contains { $0.subject == .setting("net.ipv4.ip_forward") })
    }

    @Test func `a host without IPVS and iptables is told so without an error`() async throws {
        let (network, folder) = try network(["net.ipv4.ip_forward": "1"])
        defer { _ = try? ProcessRunner().run("rm", ["-r", folder]) }
        var plan = try plan()
        plan.bridges = [ServerBridge(interface: "docker0", subnet: try #require(Subnet("172.17.0.0/16")))]
        #expect(try await network.apply(plan) == [])
        let findings = await network.check()
        #expect(findings.contains { $0.found == "there is no kernel setting net.ipv4.vs.conntrack" })
        #expect(findings.contains { $0.found == "iptables is not installed" })
        #expect(findings.first?.severity == .broken)
    }

    @Test func `an empty plan writes and misses nothing`() async throws {
        let (network, folder) = try network(["net.ipv4.ip_forward": "0"])
        defer { _ = try? ProcessRunner().run("rm", ["-r", folder]) }
        #expect(try await network.remove() == [])
        #expect(await network.check() == [])
        // Asked on purpose, it says what any service would miss.
        let findings = await network.diagnose(HostNetworkPlan())
        #expect(findings.contains { $0.found == "net.ipv4.ip_forward is 0" })
        #expect(findings.allSatisfy { if case .setting = $0.subject { true } else { false } })
    }
}
