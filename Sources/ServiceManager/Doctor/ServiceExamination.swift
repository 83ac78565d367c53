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
                    next: "smctl status \(status.name) --wide"
                )
            } + rest + Self.promises(broken)
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
