import Addresses
package import Docker
package import HostNetwork
package import IPVS
package import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

/// Checks everything that services depend on, on request, and changes nothing.
package struct HostDoctor: Sendable {
    private let docker: DockerClient
    private let ipvs: IPVSClient
    private let network: HostNetwork
    private let prober: any Prober
    private let board: StatusBoard
    private let timeouts: IPVSTimeouts?
    private let activeUnits: @Sendable ([String]) async -> Set<String>
    private let bridgeZones: @Sendable ([String]) async -> BridgeZones
    private let hasUnits: Bool

    /// - Parameters:
    ///   - docker: The engine.
    ///   - ipvs: The kernel's table.
    ///   - network: The host's network.
    ///   - prober: Connects to service addresses, as a client would.
    ///   - board: What the services need.
    ///   - timeouts: The configured timeouts of IPVS; nil when the kernel's values are kept.
    ///   - activeUnits: Returns which of some systemd units run.
    ///   - bridgeZones: Returns the zones of firewalld that some interfaces are in, while it runs.
    ///   - hasUnits: Whether services run as systemd units.
    package init(
        docker: DockerClient,
        ipvs: IPVSClient,
        network: HostNetwork,
        prober: any Prober,
        board: StatusBoard,
        timeouts: IPVSTimeouts? = nil,
        activeUnits: @escaping @Sendable ([String]) async -> Set<String> = { _ in [] },
        bridgeZones: @escaping @Sendable ([String]) async -> BridgeZones = { _ in BridgeZones() },
        hasUnits: Bool = true
    ) {
        self.docker = docker
        self.ipvs = ipvs
        self.network = network
        self.prober = prober
        self.board = board
        self.timeouts = timeouts
        self.activeUnits = activeUnits
        self.bridgeZones = bridgeZones
        self.hasUnits = hasUnits
    }

    /// Checks a host before it has any service: what is missing, and what gets in the way.
    package func preflight() async -> [HostCheck] {
        async let engine = lookAtDocker()
        async let kernel = lookAtIPVS()
        async let settings = NetworkExamination(HostNetworkPlan(), network.diagnose(HostNetworkPlan())).checks
        async let units = activeUnits(Preflight.units)
        do throws(HostNetworkError) {
            let host = try await network.surroundings()
            return await engine + [kernel] + settings + Preflight(host, activeUnits: units).checks
        } catch {
            let check = HostCheck(
                "addresses",
                .broken,
                "\(error)",
                expected: "this host's interfaces can be listed",
                next: "see the daemon's sandbox: it needs AF_NETLINK"
            )
            return await engine + [kernel] + settings + [check]
        }
    }

    /// What was found, dependencies first.
    package func examine() async -> [HostCheck] {
        async let engine = lookAtDocker()
        async let kernel = lookAtIPVS()
        async let idle = lookAtTimeouts()
        async let host = lookAtNetwork()
        async let firewalls = lookAtFirewalls()
        async let traffic = connect()
        let services = ServiceExamination(board.statuses, brokenPromises: board.brokenPromises)
        return await engine + [kernel] + idle + SourceExamination(board.sources, board.statusDatabase).checks
            + generator
            + host + firewalls
            + services.checks + traffic
    }

    private var generator: [HostCheck] {
        hasUnits ? GeneratorExamination { access($0, F_OK) == 0 }.checks : []
    }

    private func lookAtDocker() async -> [HostCheck] {
        do throws(DockerError) {
            let api = try await docker.negotiate()
            return EngineExamination(try await docker.info(), api: api).checks
        } catch {
            return EngineExamination(error).checks
        }
    }

    private func lookAtIPVS() async -> HostCheck {
        do throws(IPVSError) {
            let version = try await ipvs.info().version
            let count = try await ipvs.virtualServices().count
            return HostCheck("ipvs", .ok, "IPVS \(version), \(count) virtual service\(count == 1 ? "" : "s")")
        } catch {
            return HostCheck(
                "ipvs",
                .broken,
                "\(error)",
                expected: "the kernel module ip_vs",
                next: "modprobe ip_vs; where there is no such module: apt install linux-image-amd64 (Debian), "
                    + "apt install linux-modules-extra-$(uname -r) (Ubuntu), dnf install kernel-modules (Fedora), and reboot"
            )
        }
    }

    /// When IPVS forgets idle connections.
    ///
    /// No check where IPVS can't be asked: another check says so.
    private func lookAtTimeouts() async -> [HostCheck] {
        guard let current = try? await ipvs.timeouts() else { return [] }
        return [HostCheck(timeouts: current, configured: timeouts)]
    }

    private func lookAtNetwork() async -> [HostCheck] {
        let plan = board.registry.networkPlan
        return NetworkExamination(plan, await network.diagnose(plan)).checks
    }

    private func lookAtFirewalls() async -> [HostCheck] {
        let plan = board.registry.networkPlan
        guard !plan.addresses.isEmpty else { return [] }
        let units = await activeUnits(FirewallExamination.units)
        let bridges = FirewallExamination.hasFirewalld(units) ? await network.dockerBridges(plan) : []
        return FirewallExamination(
            closedByUFW: await network.closedByUFW(plan),
            activeUnits: units,
            zones: await bridgeZones(bridges)
        ).checks
    }

    /// Connects to each address that is served, through the kernel's table, as a process of this host would.
    ///
    /// UDP and SCTP addresses aren't tried.
    private func connect() async -> [HostCheck] {
        await withTaskGroup { group in
            let addresses = board.registry.servedAddresses.filter { $0.transport == .tcp }
            for (index, address) in addresses.enumerated() {
                group.addTask { (index, await connect(to: address)) }
            }
            var outcomes = [ProbeOutcome?](repeating: nil, count: addresses.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return ConnectionExamination(
                zip(addresses, outcomes).compactMap { address, outcome in outcome.map { (address, $0) } }
            ).checks
        }
    }

    private func connect(to address: ServiceAddress) async -> ProbeOutcome {
        var check = HealthCheck(.tcp)
        check.timeout = .seconds(2)
        let target = ProbeTarget(
            container: ContainerID(""),
            endpoint: address.endpoint,
            check: check,
            cadence: .startup
        )
        return await prober.probe(target)
    }
}

extension ServiceRegistry {
    /// The addresses that have a destination which takes connections, as far as the services know.
    fileprivate var servedAddresses: [ServiceAddress] {
        rollouts.flatMap { rollout in
            rollout.instances.values.filter { $0.phase == .serving && $0.weight > 0 }.flatMap(\.destinations.keys)
        }
        .reduce(into: Set()) { $0.insert($1) }.sorted()
    }
}

extension HostCheck {
    /// - Parameters:
    ///   - timeouts: The kernel's values.
    ///   - configured: `ipvs_timeouts` of the configuration.
    package init(timeouts: Timeouts, configured: IPVSTimeouts?) {
        let subject = "ipvs timeouts"
        let found = "a connection that is idle for longer is forgotten: \(timeouts.text)"
        guard let wanted = configured?.change(from: timeouts) else {
            self.init(subject, .ok, found)
            return
        }
        self.init(
            subject,
            .warning,
            found,
            expected: "\(wanted.text), as ipvs_timeouts in config.json says",
            next: "wait half a minute; journalctl -u service-managerd says why they can't be set"
        )
    }
}
