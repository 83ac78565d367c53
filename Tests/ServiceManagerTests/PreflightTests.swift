import Addresses
import Docker
import FoundationEssentials
import HostNetwork
import ServiceManager
import ServiceModel
import Testing

/// What is said of a host before there is any service.
@Suite struct PreflightTests {
    private func surroundings(
        _ addresses: [String] = ["127.0.0.1", "172.17.0.1", "192.0.2.4", "fe80::1"]
    ) throws
        -> HostSurroundings
    {
        var host = HostSurroundings()
        host.addresses = try addresses.map { try IPAddress($0) }
        return host
    }

    private func engine(_ json: String) throws -> [HostCheck] {
        EngineExamination(try JSONDecoder().decode(EngineInfo.self, from: Data(json.utf8)), api: "1.47").checks
    }

    @Test func `a host with nothing in the way is told which addresses services can have`() throws {
        let checks = Preflight(try surroundings(), activeUnits: ["ssh.service"]).checks
        #expect(checks.allSatisfy { $0.state == .ok })
        #expect(checks.contains { $0.found == "service addresses can be at 172.17.0.1, 192.0.2.4" })
    }

    @Test func `a host without an address that others reach is broken`() throws {
        let checks = Preflight(try surroundings(["127.0.0.1", "::1", "169.254.3.4"]), activeUnits: []).checks
        #expect(checks.contains { $0.subject == "addresses" && $0.state == .broken })
    }

    @Test(arguments: Preflight.units)
    func `a program that touches rules or virtual services is named, with what helps`(unit: String) throws {
        let checks = Preflight(try surroundings(), activeUnits: [unit]).checks.filter { $0.state != .ok }
        let check = try #require(checks.first)
        #expect(checks.count == 1)
        #expect(unit.hasPrefix(check.subject))
        #expect(check.expected != nil)
        #expect(check.next != nil)
    }

    @Test func `ufw is named while it is on, not while only its unit runs`() throws {
        var host = try surroundings()
        #expect(Preflight(host, activeUnits: ["ufw.service"]).checks.allSatisfy { $0.state == .ok })
        host.hasUFW = true
        let checks = Preflight(host, activeUnits: []).checks.filter { $0.state != .ok }
        #expect(checks.map(\.subject) == ["ufw"])
        #expect(checks.first?.next == "ufw allow proto tcp to ADDRESS port PORT")
    }

    @Test func `what a firewall keeps from other machines is said, and nothing where none is on`() throws {
        #expect(FirewallExamination(closedByUFW: nil, activeUnits: []).checks.isEmpty)
        #expect(FirewallExamination(closedByUFW: [], activeUnits: []).checks.isEmpty)
        let closed = try (1...7).map { try ServiceAddress("172.17.0.1:700\($0)") }
        let checks = FirewallExamination(closedByUFW: closed, activeUnits: ["firewalld.service"]).checks
        #expect(checks.map(\.subject) == ["ufw", "firewalld"])
        #expect(checks.allSatisfy { $0.state == .ok && $0.next?.isEmpty == false })
        #expect(checks[0].found.contains("172.17.0.1:7001, 172.17.0.1:7002"))
        #expect(checks[0].found.hasSuffix("172.17.0.1:7005 and 2 more"))
    }

    @Test func `containers that firewalld takes for other machines are warned of`() throws {
        let checks = FirewallExamination(
            closedByUFW: nil,
            activeUnits: ["firewalld.service"],
            zones: BridgeZones(missing: ["br-other", "docker0"])
        ).checks
        #expect(checks.map(\.state) == [.warning, .ok])
        #expect(checks[0].found.contains("br-other, docker0"))
        #expect(checks[0].next == "systemctl restart docker")
        let zones = BridgeZones(missing: ["docker0"])
        #expect(FirewallExamination(closedByUFW: nil, activeUnits: [], zones: zones).checks.isEmpty)
    }

    @Test
    func `what a reload of firewalld would do to containers is warned of, with the command that keeps it from it`()
        throws
    {
        let zones = BridgeZones(temporary: ["docker": ["docker0", "br-other"], "trusted": ["br-third"]])
        let checks = FirewallExamination(closedByUFW: nil, activeUnits: ["firewalld.service"], zones: zones).checks
        #expect(checks.map(\.state) == [.warning, .ok])
        #expect(checks[0].found.contains("a reload of firewalld forgets the zone of br-other, br-third, docker0"))
        #expect(
            checks[0].next
                == "firewall-cmd --permanent --zone=docker --add-interface=docker0 --add-interface=br-other && "
                + "firewall-cmd --permanent --zone=trusted --add-interface=br-third"
        )
    }

    @Test func `kube-proxy in IPVS mode, missing programs and both variants of iptables are named`() throws {
        var host = try surroundings()
        host.hasKubeProxy = true
        host.missingPrograms = ["ip6tables"]
        host.hasRulesInBothVariants = true
        let checks = Preflight(host, activeUnits: []).checks.filter { $0.state != .ok }
        #expect(checks.map(\.subject) == ["firewall programs", "firewall programs", "kube-proxy"])
        #expect(checks.map(\.state) == [.warning, .warning, .broken])
        #expect(checks[0].found == "can't run ip6tables")
    }

    @Test func `an engine that runs as root with iptables is well, and says what its restart would do`() throws {
        let checks = try engine(
            #"""
            {"ServerVersion":"28.5.2","LiveRestoreEnabled":false,"FirewallBackend":{"Driver":"iptables"},
             "SecurityOptions":["name=apparmor","name=seccomp,profile=builtin"]}
            """#
        )
        #expect(checks.map(\.state) == [.ok])
        #expect(
            checks.first?.found
                == "Docker 28.5.2 with API 1.47; live-restore is off, so its restart ends its containers"
        )
    }

    @Test func `an engine with live-restore is just named`() throws {
        #expect(
            try engine(#"{"ServerVersion":"20.10.24","LiveRestoreEnabled":true}"#).map(\.found)
                == ["Docker 20.10.24 with API 1.47"]
        )
    }

    @Test func `our generator is told to run, the predecessor's beside it, and what takes its place`() {
        let ours = "/usr/lib/systemd/system-generators/service-managerd-generator"
        let predecessors = "/etc/systemd/system-generators/service-manager-generator"
        let shadow = "/etc/systemd/system-generators/service-managerd-generator"
        func check(_ files: String...) -> HostCheck? { GeneratorExamination(exists: files.contains).checks.first }
        #expect(check(ours)?.state == .ok)
        #expect(check(ours, predecessors)?.state == .ok)
        #expect(check(ours, predecessors)?.found.contains(predecessors) == true)
        #expect(check(ours, shadow)?.state == .warning)
        #expect(check(ours, shadow)?.found.hasPrefix(shadow) == true)
        #expect(check()?.found.contains("is missing") == true)
    }

    @Test func `an engine that runs rootless is broken`() throws {
        let checks = try engine(#"{"ServerVersion":"26.1","SecurityOptions":["name=rootless","name=cgroupns"]}"#)
        #expect(checks.map(\.state) == [.broken])
        #expect(checks.first?.found.contains("rootless") == true)
    }

    @Test(arguments: ["nftables", "nftables+firewalld"])
    func `an engine that writes its rules through nftables is warned of`(backend: String) throws {
        let checks = try engine(#"{"ServerVersion":"29.0.0","FirewallBackend":{"Driver":"\#(backend)"}}"#)
        #expect(checks.map(\.state) == [.warning])
        #expect(checks.first?.next?.contains("firewall-backend") == true)
    }

    @Test func `Podman in the engine's place is broken, and what to do is said`() throws {
        let error = DockerError.otherEngine(found: "Podman 5.4.2", socket: "/run/podman/podman.sock")
        let check = try #require(EngineExamination(error).checks.first)
        #expect(check.state == .broken)
        #expect(check.found == "Podman 5.4.2 answers on /run/podman/podman.sock")
        #expect(check.expected?.hasPrefix("Docker Engine 19.03 or later") == true)
        #expect(check.next?.contains("docker_socket") == true)
    }

    @Test func `an engine that doesn't answer is broken`() throws {
        let checks = EngineExamination(.unreachable(socket: "/run/docker.sock", reason: "refused")).checks
        #expect(checks.map(\.state) == [.broken])
        #expect(checks.first?.next == "systemctl status docker")
        #expect(checks.first?.found.hasSuffix(".") == false)
    }
}
