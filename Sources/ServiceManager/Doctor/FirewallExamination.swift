package import Addresses
package import ServiceModel

/// The firewalls that keep other machines from service addresses.
///
/// That is what they are for, so all is well; but where another machine gets no answer, this is the reason.
package struct FirewallExamination: Sendable {
    /// The units that are looked for.
    package static let units = [firewalld]

    private static let firewalld = "firewalld.service"

    /// A line per firewall that is on and keeps something closed, or may do so.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - closed: The service addresses that ufw keeps from other machines; nil where ufw is off.
    ///   - activeUnits: Those of ``units`` that run.
    package init(closedByUFW closed: [ServiceAddress]?, activeUnits: Set<String>) {
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
        if activeUnits.contains(Self.firewalld) {
            checks.append(
                HostCheck(
                    "firewalld",
                    .ok,
                    "firewalld is on, and keeps other machines from ports that it doesn't have open",
                    next: "where they are to reach one: firewall-cmd --permanent --add-port=PORT/tcp && "
                        + "firewall-cmd --reload"
                )
            )
        }
        self.checks = checks
    }
}
