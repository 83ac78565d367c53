import Addresses
import BlockingCalls

/// Keeps the host's network as the services need it, so that every client reaches a service address: a process on the
/// host, a container on any Docker network, a server container itself, and another machine.
///
/// Every method compares first and writes only differences, so it may be called as often as needed: when services start and
/// end, when a container starts, after Docker has started or created a network (it puts its rules above ours), and at
/// intervals, because a firewall that is reloaded drops our rules.
package actor HostNetwork {
    /// Where the kernel's files and the programs are.
    ///
    /// Only tests use other than the usual places.
    package struct Places: Sendable {
        /// The kernel settings' folder.
        package var settings = "/proc/sys"
        /// The folder with one entry per kernel module.
        package var modules = "/sys/module"
        /// Finds and runs programs.
        package var runner = ProcessRunner()

        /// The usual places.
        package init() {}
    }

    private let executor = QueueExecutor(label: "service-manager.host-network")
    let settings: KernelSettings
    let modules: KernelModules
    let runner: ProcessRunner
    private var plan = HostNetworkPlan()
    var tables: [IPTables]
    /// The families in which we may have rules: both, until the rules have been read.
    private var families: Set<IPAddress.Family> = [.ipv4, .ipv6]

    /// All calls block, so they run on a thread of their own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a keeper of this host's network.
    ///
    /// Nothing is read or written yet.
    ///
    /// - Parameter places: Where the kernel's files and the programs are.
    package init(_ places: Places = Places()) {
        settings = KernelSettings(root: places.settings)
        modules = KernelModules(root: places.modules)
        runner = places.runner
        tables = [.ipv4, .ipv6].map { IPTables($0, runner: places.runner) }
    }

    /// Makes the host's network fit a plan.
    ///
    /// What can't be done because this host lacks something isn't an error, but a finding of `check()`.
    ///
    /// - Parameter desired: The plan for all services together; an empty plan removes our rules.
    /// - Returns: What was written; empty when nothing differed.
    /// - Throws: `HostNetworkError`, after everything else was done.
    package func apply(_ desired: HostNetworkPlan) async throws(HostNetworkError) -> [HostNetworkChange] {
        plan = desired
        var changes = desired.addresses.isEmpty ? [] : settings.apply(KernelSetting.all)
        var failure: HostNetworkError?
        for index in tables.indices {
            do throws(HostNetworkError) {
                changes += try applyRules(index)
            } catch {
                failure = failure ?? error
            }
        }
        do throws(RouteError) {
            changes += try applyHairpin()
        } catch {
            failure = failure ?? .kernel(error)
        }
        if let failure { throw failure }
        return changes
    }

    /// Removes our rules after the last service has ended.
    ///
    /// Kernel settings stay, because other programs may depend on them.
    ///
    /// - Returns: What was removed.
    /// - Throws: `HostNetworkError`.
    package func remove() async throws(HostNetworkError) -> [HostNetworkChange] {
        try await apply(HostNetworkPlan())
    }

    /// Looks for what keeps clients from the service addresses of the plan that was last applied; writes nothing.
    ///
    /// - Returns: What is wrong, the worst first; empty when nothing is.
    package func check() async -> [HostNetworkFinding] { findings(plan) }

    private func applyRules(_ index: Int) throws(HostNetworkError) -> [HostNetworkChange] {
        let family = tables[index].family
        let rules = NetfilterPlan(family, plan)
        guard tables[index].isInstalled, !rules.isEmpty || families.contains(family) else { return [] }
        var (current, restore) = try tables[index].read()
        families.insert(family)
        defer { if rules.isEmpty { families.remove(family) } }
        var written: [String] = []
        var attempts = 0
        while let update = rules.update(current) {
            guard attempts < Self.writeAttempts else { throw .rulesNotKept(family, program: restore) }
            attempts += 1
            try tables[index].write(update, through: restore)
            written += update.tables.filter { !written.contains($0) }
            (current, restore) = try tables[index].read()
        }
        guard !written.isEmpty else { return [] }
        return [rules.isEmpty ? .rulesRemoved(family, tables: written) : .rules(family, tables: written)]
    }

    /// How often rules are written before the write is reported as failed.
    ///
    /// Only the legacy variant of iptables has a lock. With nf_tables, a starting Docker may put rules above ours between our
    /// write and our check of it.
    private static var writeAttempts: Int { 5 }

    private func applyHairpin() throws(RouteError) -> [HostNetworkChange] {
        guard !plan.ports.isEmpty else { return [] }
        var socket = try RouteSocket()
        let ports = try socket.bridgePorts(of: plan.ports)
        var changes: [HostNetworkChange] = []
        var failure: RouteError?
        for server in plan.ports.sorted() {
            guard let port = ports.port(of: server), port.hairpin == false else { continue }
            do throws(RouteError) {
                try socket.setHairpin(port)
                changes.append(.hairpin(interface: port.name, container: server.container))
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return changes
    }
}
