package import Addresses
package import ServiceModel

/// Connections to service addresses as checks: one line for all that take them, and one for each that doesn't.
package struct ConnectionExamination: Sendable {
    package let checks: [HostCheck]

    /// - Parameter outcomes: Each address that is served, and what came of a connection to it.
    package init(_ outcomes: [(address: ServiceAddress, outcome: ProbeOutcome)]) {
        let refused = outcomes.compactMap { address, outcome -> HostCheck? in
            switch outcome {
            case .success: return nil
            case .failure(let evidence):
                return HostCheck(
                    "\(address)",
                    .broken,
                    evidence,
                    expected: "a connection to one of its destinations",
                    next: "ipvsadm -Ln, and smctl status --wide"
                )
            }
        }
        let well = outcomes.count - refused.count
        let only = outcomes.count == 1 ? outcomes.first?.address : nil
        let who = only.map { "\($0) takes" } ?? "\(well) of \(outcomes.count) addresses take"
        checks = (well == 0 ? [] : [HostCheck("connections", .ok, "\(who) connections")]) + refused
    }
}
