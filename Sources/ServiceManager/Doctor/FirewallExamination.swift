package import Addresses
package import ServiceModel

/// The firewalls that keep clients from service addresses.
///
/// Keeping other machines out is what firewalls are for, so that is no warning. But it explains why a machine gets no answer.
package struct FirewallExamination: Sendable {
    /// The systemd units to look for.
    package static let units = [firewalld]

    private static let firewalld = "firewalld.service"

    /// A line for each firewall that is on and keeps something closed, or may do so.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - closed: The service addresses that ufw keeps from other machines; nil where ufw is off.
    ///   - activeUnits: Those of ``units`` that run.
    ///   - zones: The zones of firewalld that Docker's bridges are in.
    package init(
        closedByUFW closed: [ServiceAddress]?,
        activeUnits: Set<String>,
        zones: BridgeZones = BridgeZones()
    ) {
        var checks: [HostCheck] = []
        if let closed, !closed.isEmpty {
            let shown = closed.prefix(5).map(\.description).joined(separator: ", ")
            let rest = closed.count > 5 ? " and \(closed.count - 5) more" : ""
            checks.append(
                HostCheck(
                    "ufw",
                    .ok,
                    "ufw is on, and keeps other machines from \(shown)\(rest)",
                    next: "to open one: ufw allow proto tcp to ADDRESS port PORT"
                )
            )
        }
        if Self.hasFirewalld(activeUnits) {
            checks += Self.firewalld(zones)
        }
        self.checks = checks
    }

    /// Whether firewalld runs.
    package static func hasFirewalld(_ activeUnits: Set<String>) -> Bool { activeUnits.contains(firewalld) }

    private static func firewalld(_ zones: BridgeZones) -> [HostCheck] {
        let subject = "firewalld"
        let others = HostCheck(
            subject,
            .ok,
            "firewalld is on, and keeps other machines from ports that aren't open in it",
            next: "to open one: firewall-cmd --permanent --add-port=PORT/tcp && firewall-cmd --reload"
        )
        var checks: [HostCheck] = []
        if !zones.missing.isEmpty {
            let bridges = zones.missing.joined(separator: ", ")
            checks.append(
                HostCheck(
                    subject,
                    .warning,
                    "firewalld has no zone for \(bridges), and treats containers there like other machines",
                    expected:
                        "Docker's bridges in the zone docker, into which Docker puts them when it starts after firewalld",
                    next: "systemctl restart docker"
                )
            )
        }
        if !zones.temporary.isEmpty {
            let bridges = zones.temporary.values.joined().sorted().joined(separator: ", ")
            let commands = zones.temporary.sorted { $0.key < $1.key }.map { zone, bridges in
                "firewall-cmd --permanent --zone=\(zone)" + bridges.map { " --add-interface=\($0)" }.joined()
            }
            checks.append(
                HostCheck(
                    subject,
                    .warning,
                    "a reload of firewalld forgets the zone of \(bridges), and refuses requests of containers there until "
                        + "Docker has put them back, some seconds later",
                    expected: "Docker's bridges in firewalld's permanent configuration",
                    next: commands.joined(separator: " && ")
                )
            )
        }
        return checks + [others]
    }
}

/// The zones of firewalld that Docker's bridges are in.
package struct BridgeZones: Equatable, Sendable {
    /// The bridges that are in no zone.
    package var missing: [String]
    /// The bridges that Docker has put into a zone, and that firewalld's permanent configuration doesn't have there, by zone.
    package var temporary: [String: [String]]

    package init(missing: [String] = [], temporary: [String: [String]] = [:]) {
        self.missing = missing
        self.temporary = temporary
    }
}
