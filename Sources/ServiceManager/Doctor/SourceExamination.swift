package import ServiceModel

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
