import Addresses
package import HostNetwork
package import ServiceModel

/// Checks a host before it has any service: what is missing and what gets in the way, each with the command that helps.
package struct Preflight: Sendable {
    /// A unit that changes what services depend on; `kubelet` brings kube-proxy.
    private enum Conflict: String, CaseIterable {
        case ipvsadm = "ipvsadm.service"
        case keepalived = "keepalived.service"
        case kubelet = "kubelet.service"
        case firewalld = "firewalld.service"
        case nftables = "nftables.service"
    }

    /// The units to look for.
    package static let units = Conflict.allCases.map(\.rawValue)

    /// The checks, dependencies first.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - host: What else is on the host.
    ///   - activeUnits: Those of ``units`` that run.
    package init(_ host: HostSurroundings, activeUnits: Set<String>) {
        let conflicts = Conflict.allCases.filter { activeUnits.contains($0.rawValue) }.map(Self.check)
        let others = (host.hasKubeProxy ? [Self.kubeProxy] : []) + conflicts + (host.hasUFW ? [Self.ufw] : [])
        checks =
            [Self.programs(host)] + (host.hasRulesInBothVariants ? [Self.bothVariants] : [])
            + [Self.addresses(host)]
            + (others.isEmpty
                ? [HostCheck("other programs", .ok, "none that keeps virtual services or rules")] : others)
    }

    private static func programs(_ host: HostSurroundings) -> HostCheck {
        guard host.missingPrograms.isEmpty else {
            return HostCheck(
                "firewall programs",
                .warning,
                "can't run \(host.missingPrograms.joined(separator: " and "))",
                expected:
                    "the programs that write firewall rules; without them clients on the servers' own networks fail",
                next: "apt install iptables, or dnf install iptables-nft"
            )
        }
        return HostCheck("firewall programs", .ok, "iptables and ip6tables are installed")
    }

    private static var bothVariants: HostCheck {
        HostCheck(
            "firewall programs",
            .warning,
            "both variants of iptables have rules, and each packet passes both",
            expected: "all rules in the variant that Docker uses",
            next: "compare iptables-nft-save and iptables-legacy-save; update-alternatives --config iptables"
        )
    }

    private static func addresses(_ host: HostSurroundings) -> HostCheck {
        let usable = host.addresses.filter { !$0.isLoopback && !$0.isLinkLocal }
        guard !usable.isEmpty else {
            return HostCheck(
                "addresses",
                .broken,
                "this host has only loopback addresses",
                expected: "an address that services can be reached at",
                next: "ip address, and systemctl status docker, which makes docker0"
            )
        }
        let names = usable.map(\.description).joined(separator: ", ")
        return HostCheck("addresses", .ok, "service addresses can be at \(names)")
    }

    private static var kubeProxy: HostCheck {
        HostCheck(
            "kube-proxy",
            .broken,
            "kube-proxy manages the kernel's table of virtual services (kube-ipvs0 exists) and deletes entries it doesn't know",
            expected: "one owner of that table",
            next: "run kube-proxy in its nftables or iptables mode, or the services on another host"
        )
    }

    /// ufw's unit also runs while ufw is off.
    private static var ufw: HostCheck {
        HostCheck(
            "ufw",
            .warning,
            "ufw drops requests of other machines that no rule allows, including those to service addresses",
            expected: "a rule for each service address that other machines use",
            next: "ufw allow proto tcp to ADDRESS port PORT"
        )
    }

    /// The check for a unit that runs.
    private static func check(_ conflict: Conflict) -> HostCheck {
        switch conflict {
        case .ipvsadm:
            HostCheck(
                "ipvsadm",
                .warning,
                "ipvsadm.service clears the kernel's table when it stops, and loads its own when it starts",
                expected: "one owner of that table",
                next: "systemctl disable --now ipvsadm"
            )
        case .keepalived:
            HostCheck(
                "keepalived",
                .warning,
                "keepalived runs: a virtual_server at a service's address keeps that service waiting",
                expected:
                    "addresses that only one of the two uses; addresses that keepalived moves (vrrp_instance) are fine",
                next: "grep -A2 virtual_server /etc/keepalived/keepalived.conf"
            )
        case .kubelet:
            HostCheck(
                "kubelet",
                .warning,
                "kubelet runs: a kube-proxy in IPVS mode would delete virtual services that aren't its own",
                expected: "kube-proxy in its nftables or iptables mode",
                next: "kubectl -n kube-system get configmap kube-proxy -o yaml | grep mode"
            )
        case .firewalld:
            HostCheck(
                "firewalld",
                .warning,
                "firewalld rejects requests of other machines to ports that aren't open, including those to service addresses",
                expected: "each port that other machines use, in the zone of their interface",
                next: "firewall-cmd --permanent --add-port=PORT/tcp && firewall-cmd --reload"
            )
        case .nftables:
            HostCheck(
                "nftables",
                .warning,
                "nftables.service loads /etc/nftables.conf, and its reload or restart flushes all rules, including Docker's; "
                    + "the services' own rules are back within 10s",
                expected: "that Docker writes its rules again after a reload",
                next: "systemctl reload nftables && systemctl restart docker"
            )
        }
    }
}
