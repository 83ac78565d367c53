package import Addresses

/// What else is on a host that affects service addresses.
package struct HostSurroundings: Equatable, Sendable {
    /// The host's addresses, including those of `lo`.
    package var addresses: [IPAddress] = []

    /// Whether kube-proxy manages the kernel's table, by its interface `kube-ipvs0`.
    package var hasKubeProxy = false

    /// The programs that write rules and aren't installed: `iptables`, `ip6tables`.
    package var missingPrograms: [String] = []

    /// Whether both variants of iptables have rules, so that a packet passes both.
    package var hasRulesInBothVariants = false

    /// Whether ufw is on.
    package var hasUFW = false

    /// Makes a host without anything else.
    package init() {}
}

extension HostNetwork {
    /// Finds out what else is on this host; writes nothing.
    ///
    /// - Throws: `HostNetworkError` when the host's interfaces can't be listed.
    package func surroundings() async throws(HostNetworkError) -> HostSurroundings {
        var found = HostSurroundings()
        found.addresses = try AddressWatch().localAddresses().sorted()
        do throws(RouteError) {
            var socket = try RouteSocket()
            found.hasKubeProxy = try socket.bridgePorts(of: [ServerPort]()).contains(interface: "kube-ipvs0")
        } catch {
            throw .kernel(error)
        }
        found.missingPrograms = tables.filter { !$0.isInstalled }.map(\.program)
        found.hasRulesInBothVariants = tables.contains(where: \.hasRulesInBothVariants)
        found.hasUFW = tables.indices.contains { rules($0)?.hasUFW ?? false }
        return found
    }

    /// The service addresses of a plan that ufw keeps from other machines; nil where ufw is off.
    package func closedByUFW(_ plan: HostNetworkPlan) async -> [ServiceAddress]? {
        let rulesets = tables.indices.compactMap { index in rules(index).map { (tables[index].family, $0) } }
        guard rulesets.contains(where: \.1.hasUFW) else { return nil }
        return plan.addresses.sorted().filter { address in
            rulesets.contains { $0.0 == address.endpoint.address.family && !$0.1.isAdmittedByUFW(address) }
        }
    }

    /// The bridges of Docker's networks: those of the plan's servers, and all that Docker has rules for.
    package func dockerBridges(_ plan: HostNetworkPlan) async -> [String] {
        let known = tables.indices.compactMap { rules($0)?.dockerBridges }.reduce(into: Set()) { $0.formUnion($1) }
        return known.union(plan.bridges.map(\.interface)).sorted()
    }

    /// The rules of one family; nil when they can't be read.
    private func rules(_ index: Int) -> NetfilterRuleset? {
        guard tables[index].isInstalled else { return nil }
        do throws(HostNetworkError) {
            return try tables[index].read().rules
        } catch {
            return nil
        }
    }
}
