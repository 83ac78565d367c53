extension HostNetwork {
    /// The schedulers of IPVS in Linux 6.1, as the kernel names them.
    package static let schedulers = [
        "dh", "fo", "lblc", "lblcr", "lc", "mh", "nq", "ovf", "rr", "sed", "sh", "wlc", "wrr",
    ]

    /// Does what the daemon itself may not, in a privileged step before it starts: loads kernel modules and writes
    /// kernel settings.
    ///
    /// Docker may not run yet, so what is written after Docker isn't written here.
    ///
    /// - Parameter schedulers: The IPVS schedulers whose modules are loaded, too.
    /// - Returns: What was done, and what couldn't be.
    package func prepareHost(
        schedulers: [String] = HostNetwork.schedulers
    ) async -> (changes: [HostNetworkChange], findings: [HostNetworkFinding]) {
        let loaded = modules.load(KernelModules.needed(schedulers: schedulers), runner: runner)
        let needed = KernelSetting.all.filter { !$0.isAfterDocker }
        let changes = loaded.changes + settings.apply(needed)
        return (changes, loaded.findings + settings.findings(needed))
    }
}
