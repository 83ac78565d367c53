extension HostNetwork {
    /// The schedulers of IPVS in Linux 6.1, as the kernel names them.
    package static let schedulers = [
        "dh", "fo", "lblc", "lblcr", "lc", "mh", "nq", "ovf", "rr", "sed", "sh", "wlc", "wrr",
    ]

    /// Loads kernel modules and writes kernel settings, in a privileged step before the daemon starts, because the daemon
    /// itself isn't permitted to.
    ///
    /// Docker may not run yet, so settings that must be written after Docker's start aren't written here.
    ///
    /// - Parameter schedulers: The IPVS schedulers whose modules are loaded, too.
    /// - Returns: What was done, and what failed.
    package func prepareHost(
        schedulers: [String] = HostNetwork.schedulers
    ) async -> (changes: [HostNetworkChange], findings: [HostNetworkFinding]) {
        let loaded = modules.load(KernelModules.needed(schedulers: schedulers), runner: runner)
        let needed = KernelSetting.all.filter { !$0.isAfterDocker }
        let changes = loaded.changes + settings.apply(needed)
        return (changes, loaded.findings + settings.findings(needed))
    }
}
