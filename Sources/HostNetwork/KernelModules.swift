import Glibc

/// The kernel modules that IPVS and our netfilter rules need.
struct KernelModules: Sendable {
    /// The folder of the loaded modules: `/sys/module`, except in tests.
    let root: String

    /// The modules to load, in order, with those of the given schedulers (`wlc`, `rr`, …).
    static func needed(schedulers: some Collection<String>) -> [String] {
        ["nf_conntrack", "ip_vs"] + Set(schedulers).sorted().map { "ip_vs_\($0)" }
            + ["xt_conntrack", "xt_MASQUERADE"]
    }

    /// Whether a module is loaded.
    ///
    /// A built-in module is found only if it has parameters. Loading it again is harmless.
    func isLoaded(_ module: String) -> Bool { access("\(root)/\(module)", F_OK) == 0 }

    /// Loads the missing modules; failures are returned as findings.
    func load(
        _ modules: [String],
        runner: ProcessRunner
    ) -> (changes: [HostNetworkChange], findings: [HostNetworkFinding]) {
        var changes: [HostNetworkChange] = []
        var findings: [HostNetworkFinding] = []
        for module in modules where !isLoaded(module) {
            do throws(ProcessError) {
                let result = try runner.run("modprobe", [module])
                if result.exitStatus == 0 {
                    changes.append(.module(module))
                } else {
                    findings.append(
                        Self.finding(module, "modprobe exited with \(result.exitStatus): \(result.errorOutput)")
                    )
                }
            } catch {
                findings.append(Self.finding(module, error.description))
            }
        }
        return (changes, findings)
    }

    private static func finding(_ module: String, _ found: String) -> HostNetworkFinding {
        HostNetworkFinding(
            .module(module),
            module == "ip_vs" ? .broken : .degraded,
            found: "kernel module \(module) couldn't be loaded (\(String(found.filter { !$0.isNewline }.prefix(300))))",
            expected: "that it is loaded",
            nextStep:
                "run `modprobe \(module)` as root; if it is missing, install the package with your kernel's modules"
        )
    }
}
