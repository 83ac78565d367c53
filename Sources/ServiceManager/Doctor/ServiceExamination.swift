package import ServiceModel

/// The services as checks: those that a person should look at, and one line for all others.
package struct ServiceExamination: Sendable {
    package let checks: [HostCheck]

    package init(_ statuses: [ServiceStatus]) {
        let sick = statuses.filter { $0.state.needsAttention || $0.rejected != nil }
        let others = statuses.count - sick.count
        let rest =
            others == 0 && !sick.isEmpty
            ? [] : [HostCheck("services", .ok, "\(others) of \(statuses.count) need nobody's attention")]
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

/// Where definitions come from, and where the status goes, as checks.
package struct SourceExamination: Sendable {
    package let checks: [HostCheck]

    package init(_ sources: [SourceState], _ statusDatabase: StatusDatabaseState?) {
        checks =
            sources.map { source in
                Self.check("definitions", "\(source.origin)", source.problem, "is followed")
            }
            + [statusDatabase].compactMap(\.self).map { database in
                Self.check("status database", database.name, database.problem, "is written to")
            }
    }

    private static func check(_ subject: String, _ name: String, _ problem: String?, _ well: String) -> HostCheck {
        guard let problem else { return HostCheck(subject, .ok, "\(name) \(well)") }
        return HostCheck(
            subject,
            .warning,
            "\(name): \(problem)",
            expected: "to be able to reach it; what is known by now serves on",
            next: "see /etc/service-managerd/config.json, and journalctl -u service-managerd"
        )
    }
}
