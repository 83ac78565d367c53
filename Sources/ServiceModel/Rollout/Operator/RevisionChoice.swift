extension Rollout {
    /// The revision that a person means.
    ///
    /// - Parameters:
    ///   - text: The revision: whole, or the beginning of it.
    ///   - known: Those that there are.
    /// - Returns: The only one that fits.
    /// - Throws: `OperatorRefusal` where none fits, or several do.
    func revision(_ text: String, among known: [Revision]) throws(OperatorRefusal) -> Revision {
        let matching = Set(known.filter { $0.rawValue.hasPrefix(text) })
        if let exact = matching.first(where: { $0.rawValue == text }) { return exact }
        guard let match = matching.first else {
            throw OperatorRefusal("\(service) has no revision \(text)", next: "smctl history \(service) lists them")
        }
        guard matching.count == 1 else {
            let list = matching.map(\.rawValue).sorted().joined(separator: ", ")
            throw OperatorRefusal(
                "several revisions of \(service) begin with \(text): \(list)",
                next: "write more of it"
            )
        }
        return match
    }

    /// The revision whose definition is asked for.
    ///
    /// - Parameters:
    ///   - text: The revision: whole, or the beginning of it; nil for the one that runs, or else is to run.
    ///   - remembered: The revisions of the service's history.
    /// - Returns: One that there is, or was.
    /// - Throws: `OperatorRefusal` where there is none.
    package func definedRevision(_ text: String?, remembered: [Revision]) throws(OperatorRefusal) -> Revision {
        let own = [current, candidate?.deployment, goal, target].compactMap { $0?.revision }
        if let text { return try revision(text, among: own + kept + failures.revisions + remembered) }
        guard let first = own.first else {
            throw OperatorRefusal("\(service) has no definition", next: "smctl status \(service)")
        }
        return first
    }
}
