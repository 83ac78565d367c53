package import ServiceModel

/// The services as checks: a line for each that needs attention, and one for all others.
package struct ServiceExamination: Sendable {
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - statuses: The status of each service.
    ///   - broken: How often each invariant of the rollouts was violated.
    package init(_ statuses: [ServiceStatus], brokenPromises broken: [String: Int] = [:]) {
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
                    expected: "that the newest definition serves",
                    next: Self.advice(status)
                )
            } + rest + Self.promises(broken)
    }

    /// What helps, by what is wrong; the status has said already what that is.
    private static func advice(_ status: ServiceStatus) -> String {
        let name = status.name
        if status.rejected != nil { return "correct the definition: smctl validate FILE says whether it is valid" }
        let wanted = status.rolledBack?.revision ?? status.target
        if let failure = status.failed.first(where: { $0.revision == wanted }) {
            return "smctl logs \(name) --revision \(failure.revision) shows what it wrote; correct the definition, or "
                + "smctl retry \(name)"
        }
        if status.restarts != nil { return "smctl logs \(name) shows what it wrote before it ended" }
        if let detail = status.detail, let command = Self.command(in: detail) { return command }
        if status.stage == "claiming" { return "give it another address, or free that one" }
        if status.backends.contains(where: { $0.health?.hasPrefix("failing") == true }) {
            return "smctl logs \(name) shows what it wrote; \"health_check\" in the definition says what is probed"
        }
        return "journalctl -u service-managerd SERVICE_ID=\(name) tells how it came to that"
    }

    /// The command at the end of a sentence such as `…: smctl undrain web`.
    private static func command(in detail: String) -> String? {
        for program in ["smctl ", "systemctl "] {
            guard let range = detail.ranges(of: program).last else { continue }
            return String(detail[range.lowerBound...])
        }
        return nil
    }

    private static func promises(_ broken: [String: Int]) -> [HostCheck] {
        guard !broken.isEmpty else { return [] }
        let list = broken.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) times" }.joined(separator: ", ")
        return [
            HostCheck(
                "promises",
                .broken,
                "rollouts have broken promises since the daemon started, which is a fault of service-managerd: \(list)",
                expected: "none",
                next: "report it with the output of: journalctl -u service-managerd -p err"
            )
        ]
    }
}
