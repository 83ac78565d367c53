import Addresses

extension HostNetwork {
    /// Looks for what keeps clients from the service addresses of a plan; writes nothing.
    ///
    /// - Parameter plan: The plan.
    /// - Returns: What is wrong, the worst first; empty when nothing is.
    package func check(_ plan: HostNetworkPlan) async -> [HostNetworkFinding] { findings(plan) }

    /// The same.
    ///
    /// If there is no service address yet, it returns what would keep clients from any.
    package func diagnose(_ plan: HostNetworkPlan) async -> [HostNetworkFinding] {
        plan.addresses.isEmpty ? settings.findings(KernelSetting.all) : findings(plan)
    }

    func findings(_ plan: HostNetworkPlan) -> [HostNetworkFinding] {
        guard !plan.addresses.isEmpty else { return [] }
        let hasIPv6 = plan.addresses.contains { $0.endpoint.address.family == .ipv6 }
        var findings = settings.findings(KernelSetting.all + (hasIPv6 ? KernelSetting.allIPv6 : []))
        findings += addressFindings(plan)
        for index in tables.indices { findings += ruleFindings(plan, index) }
        findings += portFindings(plan)
        return findings.filter { $0.severity == .broken } + findings.filter { $0.severity == .degraded }
    }

    private func addressFindings(_ plan: HostNetworkPlan) -> [HostNetworkFinding] {
        let addresses = Set(plan.addresses.map(\.endpoint.address)).sorted()
        do throws(HostNetworkError) {
            let local = try AddressWatch().localAddresses()
            return addresses.compactMap { AddressWatch.finding($0, localAddresses: local) }
        } catch {
            return addresses.map { address in
                HostNetworkFinding(
                    .address(address),
                    .degraded,
                    found: "can't find out whether this host has \(address) (\(error))",
                    expected: "that the host's addresses can be listed",
                    nextStep: "check the daemon's sandbox: it needs AF_NETLINK"
                )
            }
        }
    }

    private func ruleFindings(_ plan: HostNetworkPlan, _ index: Int) -> [HostNetworkFinding] {
        let family = tables[index].family
        let program = tables[index].program
        let rules = NetfilterPlan(family, plan)
        guard !rules.isEmpty else { return [] }
        guard tables[index].isInstalled else {
            return [
                HostNetworkFinding(
                    .program(program),
                    .degraded,
                    found: "\(program) is not installed",
                    expected: "\(program)-save and \(program)-restore in \(runner.folders.joined(separator: ":"))",
                    nextStep: "install the package iptables; until then clients on the servers' own networks fail"
                )
            ]
        }
        do throws(HostNetworkError) {
            let (current, restore) = try tables[index].read()
            guard let update = rules.update(current) else { return [] }
            return [
                HostNetworkFinding(
                    .rules(family),
                    .degraded,
                    found:
                        "\(family) rules of the \(update.tables.count == 1 ? "table" : "tables") "
                        + "\(update.tables.joined(separator: " and ")) are missing, changed, "
                        + "or behind another rule",
                    expected:
                        "the chains \(NetfilterPlan.chain), called before any rule that decides (seen by \(restore))",
                    nextStep: "run `systemctl restart service-managerd`, which restores them; "
                        + "if they disappear again, look for what reloads the firewall"
                )
            ]
        } catch {
            return [
                HostNetworkFinding(
                    .rules(family),
                    .degraded,
                    found: "the \(family) rules can't be read (\(error))",
                    expected: "that \(program)-save lists them",
                    nextStep: "run `\(program)-save` as root"
                )
            ]
        }
    }

    private func portFindings(_ plan: HostNetworkPlan) -> [HostNetworkFinding] {
        let ports: BridgePorts
        do throws(RouteError) {
            var socket = try RouteSocket()
            ports = try socket.bridgePorts(of: plan.ports)
        } catch {
            return [
                HostNetworkFinding(
                    .bridge("*"),
                    .degraded,
                    found: "the host's interfaces can't be listed (\(error))",
                    expected: "that they can be listed",
                    nextStep: "check the daemon's sandbox: it needs AF_NETLINK"
                )
            ]
        }
        let missing = Set(plan.bridges.map(\.interface)).sorted().filter { !ports.contains(interface: $0) }
        return missing.map { bridge in
            HostNetworkFinding(
                .bridge(bridge),
                .degraded,
                found: "there is no interface \(bridge)",
                expected: "the bridge of a server's Docker network",
                nextStep: "run `docker network ls` and `ip link show type bridge`"
            )
        }
            + plan.ports.sorted().compactMap { server in Self.finding(server, ports.port(of: server)) }
    }

    private static func finding(_ server: ServerPort, _ port: NetworkLink?) -> HostNetworkFinding? {
        guard let port else {
            return HostNetworkFinding(
                .port(container: server.container),
                .degraded,
                found: "the port of \(server.container.prefix(12)) on \(server.bridge) was not found",
                expected: "a veth interface that is a port of \(server.bridge)",
                nextStep: "check that the container runs; until then it may not reach its own service"
            )
        }
        guard port.hairpin != true else { return nil }
        return HostNetworkFinding(
            .port(container: server.container),
            .degraded,
            found: "hairpin mode of \(port.name), the port of \(server.container.prefix(12)), is off",
            expected: "on, so that the container reaches its own service",
            nextStep: "run `bridge link set dev \(port.name) hairpin on`, or read the daemon's journal"
        )
    }
}
