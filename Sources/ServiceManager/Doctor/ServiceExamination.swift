package import ServiceModel

/// The services as checks: those that a person should look at, and one line for all others.
package struct ServiceExamination: Sendable {
    package let checks: [HostCheck]

    package init(_ statuses: [ServiceStatus]) {
        let sick = statuses.filter { $0.state.needsAttention || $0.rejected != nil }
        let others = statuses.count - sick.count
        let rest =
            others == 0 && !sick.isEmpty
            ? [] : [HostCheck("services", .ok, "\(others) of \(statuses.count) healthy")]
        checks =
            sick.map { status in
                HostCheck(
                    "service \(status.name)",
                    status.state == .failed ? .broken : .warning,
                    status.state.rawValue + (status.detail.map { ": \($0)" } ?? ""),
                    expected: "the newest definition to serve",
                    next: "smctl status \(status.name) --wide"
                )
            } + rest
    }
}
