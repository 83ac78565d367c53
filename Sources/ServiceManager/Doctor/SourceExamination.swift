package import ServiceModel

/// Where definitions come from, and where the status goes, as checks.
package struct SourceExamination: Sendable {
    package let checks: [HostCheck]

    package init(_ sources: [SourceState], _ statusDatabase: StatusDatabaseState?) {
        checks =
            sources.flatMap { source in
                [Self.check("definitions", "\(source.origin)", source.problem ?? source.unread, "is followed")]
                    + source.unusable.map { Self.check($0, in: source.origin) }
            }
            + [statusDatabase].compactMap(\.self).map { database in
                Self.check("status database", database.name, database.problem, "is written to")
            }
    }

    private static func check(_ unusable: SourceState.Unusable, in origin: DefinitionOrigin) -> HostCheck {
        var place = "\(origin)/\(unusable.id)"
        var next = "correct or delete it; a document that isn't a definition belongs in another database"
        if case .directory = origin {
            place += ".json"
            next = "correct, rename or delete the file"
        }
        return HostCheck(
            "definitions",
            .warning,
            "\(place): \(unusable.reason)",
            expected: "a valid definition of a service",
            next: next
        )
    }

    private static func check(_ subject: String, _ name: String, _ problem: String?, _ well: String) -> HostCheck {
        guard let problem else { return HostCheck(subject, .ok, "\(name) \(well)") }
        return HostCheck(
            subject,
            .warning,
            "\(name): \(problem)",
            expected: "that it can be reached; services that are known already keep serving",
            next: "see /etc/service-managerd/config.json, and journalctl -u service-managerd"
        )
    }
}

extension SourceState {
    fileprivate var unread: String? { isRead ? nil : "not read yet" }
}
