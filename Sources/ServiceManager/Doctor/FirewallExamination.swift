package import Addresses
package import ServiceModel

/// The firewalls that keep clients from service addresses.
///
/// To keep other machines out is what they are for, so all is well then; but where one gets no answer, this is the reason.
package struct FirewallExamination: Sendable {
    /// The units that are looked for.
    package static let units = [firewalld]

    private static let firewalld = "firewalld.service"

    /// A line per firewall that is on and keeps something closed, or may do so.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - closed: The service addresses that ufw keeps from other machines; nil where ufw is off.
    ///   - activeUnits: Those of ``units`` that run.
    ///   - bridgesWithoutZone: Docker's bridges that are in no zone of firewalld's.
    package init(
        closedByUFW closed: [ServiceAddress]?,
        activeUnits: Set<String>,
        bridgesWithoutZone: [String] = []
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
                    next: "where they are to reach one: ufw allow proto tcp to ADDRESS port PORT"
                )
            )
        }
        if Self.hasFirewalld(activeUnits) {
            checks += Self.firewalld(bridgesWithoutZone)
        }
        self.checks = checks
    }

    /// Whether firewalld runs.
    package static func hasFirewalld(_ activeUnits: Set<String>) -> Bool { activeUnits.contains(firewalld) }

    private static func firewalld(_ bridgesWithoutZone: [String]) -> [HostCheck] {
        let subject = "firewalld"
        let others = HostCheck(
            subject,
            .ok,
            "firewalld is on, and keeps other machines from ports that it doesn't have open",
            next: "where they are to reach one: firewall-cmd --permanent --add-port=PORT/tcp && firewall-cmd --reload"
        )
        guard !bridgesWithoutZone.isEmpty else { return [others] }
        let bridges = bridgesWithoutZone.joined(separator: ", ")
        let containers = HostCheck(
            subject,
            .warning,
            "firewalld has no zone for \(bridges), and treats requests of containers there as those of other machines",
            expected: "Docker's bridges in the zone docker, into which Docker puts them when it starts after firewalld",
            next: "systemctl restart docker"
        )
        return [containers, others]
    }
}
