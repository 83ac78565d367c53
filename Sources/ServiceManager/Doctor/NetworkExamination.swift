import Addresses
package import HostNetwork
package import ServiceModel

/// What was found about the host's network, as checks: a line for each finding, and one for each kind without findings.
package struct NetworkExamination: Sendable {
    private enum Kind: String, CaseIterable {
        case settings = "kernel settings"
        case addresses = "service addresses"
        case rules = "firewall rules"
        case ports = "bridge ports"

        init(_ subject: HostNetworkFinding.Subject) {
            self =
                switch subject {
                case .setting, .module: .settings
                case .address: .addresses
                case .program, .rules: .rules
                case .bridge, .port: .ports
                }
        }

        /// What is said when nothing is wrong; nil when there is nothing to look at.
        func praise(_ plan: HostNetworkPlan) -> String? {
            let addresses = Set(plan.addresses.map(\.endpoint.address)).count
            return switch self {
            case .settings: "all have the expected values"
            case .addresses: addresses == 0 ? nil : "\(addresses) of \(addresses) are this host's"
            case .rules: addresses == 0 ? nil : "in place"
            case .ports: plan.ports.isEmpty ? nil : "hairpin mode is on for \(plan.ports.count) of \(plan.ports.count)"
            }
        }
    }

    /// Grouped by kind, the worst first in each.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - plan: What the services need.
    ///   - findings: What is wrong.
    package init(_ plan: HostNetworkPlan, _ findings: [HostNetworkFinding]) {
        checks = Kind.allCases.flatMap { kind in
            let concerned = findings.filter { Kind($0.subject) == kind }
            guard concerned.isEmpty else { return concerned.map { HostCheck(kind.rawValue, $0) } }
            return kind.praise(plan).map { [HostCheck(kind.rawValue, .ok, $0)] } ?? []
        }
    }
}

extension HostCheck {
    fileprivate init(_ subject: String, _ finding: HostNetworkFinding) {
        self.init(
            subject,
            finding.severity == .broken ? .broken : .warning,
            finding.found,
            expected: finding.expected,
            next: finding.nextStep
        )
    }
}
