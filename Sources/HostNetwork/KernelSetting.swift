/// A kernel setting (sysctl) that the service addresses depend on.
package struct KernelSetting: Hashable, Sendable {
    /// Its name for sysctl(8).
    package var name: String

    /// The value it must have.
    package var value: String

    /// Whether we write it.
    ///
    /// Otherwise the administrator decides, and is only told about it.
    package var isWritten: Bool

    /// Whether it is written only once Docker runs.
    ///
    /// A dockerd that finds forwarding off turns it on, and sets the policy of the FORWARD chain to DROP. If it finds
    /// forwarding on, it leaves the policy alone, and the host routes between its networks (dockerd before 28; "Docker and
    /// iptables" in its manual).
    package var isAfterDocker = false

    /// The severity of a wrong value.
    package var severity: HostNetworkFinding.Severity

    /// What doesn't work without it.
    package var purpose: String

    /// The settings that every host needs.
    ///
    /// IPVS's own settings are described in the kernel's `Documentation/networking/ipvs-sysctl.rst`.
    package static let all = [
        KernelSetting(
            name: "net.ipv4.ip_forward",
            value: "1",
            isWritten: true,
            isAfterDocker: true,
            severity: .broken,
            purpose: "replies of containers reach their clients"
        ),
        KernelSetting(
            name: "net.ipv4.vs.conntrack",
            value: "1",
            isWritten: true,
            severity: .degraded,
            purpose: "netfilter rules know connections through IPVS"
        ),
        KernelSetting(
            name: "net.ipv4.vs.expire_nodest_conn",
            value: "1",
            isWritten: true,
            severity: .degraded,
            purpose: "clients of a crashed server are reset rather than left hanging"
        ),
        KernelSetting(
            name: "net.ipv4.vs.expire_quiescent_template",
            value: "1",
            isWritten: true,
            severity: .degraded,
            purpose: "persistent clients leave a draining server"
        ),
        KernelSetting(
            name: "net.ipv4.vs.conn_reuse_mode",
            value: "1",
            isWritten: false,
            severity: .degraded,
            purpose: "reused client ports don't lead to a draining server"
        ),
    ]

    /// The settings that a host with IPv6 service addresses needs in addition.
    ///
    /// IPv6 forwarding makes the host ignore router advertisements, so it is left to Docker and the administrator.
    package static let allIPv6 = [
        KernelSetting(
            name: "net.ipv6.conf.all.forwarding",
            value: "1",
            isWritten: false,
            severity: .broken,
            purpose: "replies of containers reach their IPv6 clients"
        )
    ]
}

extension KernelSetting {
    /// How to correct a wrong value permanently.
    fileprivate var remedy: String {
        isWritten
            ? "run `sysctl -w \(name)=\(value)` as root, or restart service-managerd"
            : "run `sysctl -w \(name)=\(value)` as root, and look in /etc/sysctl.d for what sets another value at boot"
    }
}

/// The kernel settings of this host's network namespace.
struct KernelSettings: Sendable {
    /// The folder of the settings: `/proc/sys`, except in tests.
    let root: String

    /// The value without surrounding white space; nil when the setting doesn't exist or can't be read.
    func value(of setting: KernelSetting) -> String? {
        guard let text = readFile(path(setting)), let last = text.lastIndex(where: { !$0.isWhitespace }) else {
            return nil
        }
        return String(text[...last].drop { $0.isWhitespace })
    }

    /// Writes what differs and can be written.
    ///
    /// The rest is reported by `findings`.
    func apply(_ settings: [KernelSetting]) -> [HostNetworkChange] {
        settings.filter(\.isWritten).compactMap { setting in
            guard let current = value(of: setting), current != setting.value,
                writeFile(path(setting), setting.value) == 0
            else { return nil }
            return .setting(name: setting.name, from: current, to: setting.value)
        }
    }

    /// The settings that differ.
    func findings(_ settings: [KernelSetting]) -> [HostNetworkFinding] {
        settings.compactMap { setting in
            let current = value(of: setting)
            guard current != setting.value else { return nil }
            let missing = "there is no kernel setting \(setting.name)"
            return HostNetworkFinding(
                .setting(setting.name),
                setting.severity,
                found: current.map { "\(setting.name) is \($0)" } ?? missing,
                expected: "\(setting.value), so that \(setting.purpose)",
                nextStep: current == nil
                    ? "load its module, for example `modprobe ip_vs`, or use a kernel that has it" : setting.remedy
            )
        }
    }

    private func path(_ setting: KernelSetting) -> String {
        root + "/" + String(setting.name.map { $0 == "." ? "/" : $0 })
    }
}
