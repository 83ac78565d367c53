import Addresses
import BlockingCalls

/// Keeps the host's network as the services need it, so that every client reaches a service address: a process on the
/// host, a container on any Docker network, a server container itself, and another machine.
///
/// Everything here compares first and writes only what differs, so it may be called as often as wanted: when services
/// come and go, when a container starts, after Docker has started or made a network (it puts its rules above ours), and
/// now and then in between, because a firewall that is reloaded forgets our rules.
package actor HostNetwork {
    /// Where this host's kernel and programs are; the usual places, but for tests.
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
    /// The families in which we may have rules: both, until we looked.
    private var families: Set<IPAddress.Family> = [.ipv4, .ipv6]

    /// All calls block, and have a thread of their own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a keeper of this host's network; nothing is read or written yet.
    ///
    /// - Parameter places: Where this host's kernel and programs are.
    package init(_ places: Places = Places()) {
        settings = KernelSettings(root: places.settings)
        modules = KernelModules(root: places.modules)
        runner = places.runner
        tables = [.ipv4, .ipv6].map { IPTables($0, runner: places.runner) }
    }

    /// Makes the host's network fit a plan.
    ///
    /// What can't be done because something is missing on this host isn't an error
    /// but a finding of `check()`.
    ///
    /// - Parameter desired: All services together; an empty plan takes our rules out.
    /// - Returns: What was written; nothing when all was in place.
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

    /// Takes our rules out again, for when the last service has gone.
    ///
    /// Kernel settings stay: others may depend on them.
    ///
    /// - Returns: What was removed.
    /// - Throws: `HostNetworkError`.
    package func remove() async throws(HostNetworkError) -> [HostNetworkChange] {
        try await apply(HostNetworkPlan())
    }

    /// Looks for what keeps clients from the service addresses of the plan applied last; writes nothing.
    ///
    /// - Returns: What is wrong, the worst first; nothing when all is well.
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

    /// How often rules are written before they are said not to be kept.
    ///
    /// The lock of iptables is one of its older variant alone: in nf_tables Docker, as it starts, puts rules above ours between our
    /// write and our look at it.
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
