package import Addresses

/// What else there is on a host that service addresses have to live with.
package struct HostSurroundings: Equatable, Sendable {
    /// The host's addresses, those of `lo` included.
    package var addresses: [IPAddress] = []

    /// Whether kube-proxy keeps the kernel's table: its interface `kube-ipvs0` is there.
    package var hasKubeProxy = false

    /// The programs that write rules, as far as they aren't installed: `iptables`, `ip6tables`.
    package var missingPrograms: [String] = []

    /// Whether there are rules in both variants of iptables: a packet passes both then.
    package var hasRulesInBothVariants = false

    /// Nothing but what the kernel always has.
    package init() {}
}

extension HostNetwork {
    /// Looks at what else there is on this host; writes nothing.
    ///
    /// - Throws: `HostNetworkError` when the host's interfaces can't be listed.
    package func surroundings() async throws(HostNetworkError) -> HostSurroundings {
        var found = HostSurroundings()
        found.addresses = try AddressWatch().localAddresses().sorted()
        do throws(RouteError) {
            found.hasKubeProxy = try RouteSocket().bridgePorts(of: [ServerPort]()).contains(interface: "kube-ipvs0")
        } catch {
            throw .kernel(error)
        }
        found.missingPrograms = tables.filter { !$0.isInstalled }.map(\.program)
        found.hasRulesInBothVariants = tables.contains(where: \.hasRulesInBothVariants)
        return found
    }
}
