import ServiceModel

/// What is below the table of services: a sentence, the evidence, and what to do next.
struct FailureReport {
    let style: Style
    var width: Int?

    func lines(_ service: ServiceStatus) -> [String] {
        // Failures of revisions that are no longer wanted are in the history.
        let wanted = service.rolledBack?.revision ?? service.target
        let failures = service.failed.filter { $0.revision == wanted && $0.givenUpBy == nil }
            .flatMap { failure($0, of: service) }
        let rejection = service.rejected.map { rejected($0, of: service) } ?? []
        return failures + rejection
            + service.warnings.flatMap { heading("!", .degraded, "\(service.name)  warning: \($0)") }
    }

    /// A service's detail, without what stands in the report below it.
    static func detail(_ service: ServiceStatus) -> String? {
        guard let detail = service.detail else { return nil }
        let wanted = service.rolledBack?.revision ?? service.target
        if let failure = service.failed.first(where: { $0.revision == wanted && $0.givenUpBy == nil }) {
            let start = "\(RevisionText.short(failure.revision)) failed (\(failure.phase))"
            if detail.hasPrefix(start) { return "\(start), see below" }
        }
        if let rejected = service.rejected {
            let start = "\(RevisionText.short(rejected.revision)) isn't a valid definition"
            if detail.hasPrefix(start) { return "\(start), see below" }
        }
        return detail
    }

    private func failure(_ failure: ServiceStatus.FailedRevision, of service: ServiceStatus) -> [String] {
        let revision = RevisionText.short(failure.revision)
        let sentence =
            "\(service.name)  \(revision) failed in phase \"\(failure.phase)\": \(failure.message). \(kept(service))"
        var lines = heading("✗", .failed, sentence)
        if let probe = failure.lastProbe { lines += evidence("last probe", probe) }
        if let code = failure.exitCode {
            lines += evidence("exit code", "\(code)" + (failure.outOfMemory == true ? ", out of memory" : ""))
        } else if failure.outOfMemory == true {
            lines += evidence("exit", "out of memory")
        }
        for (number, line) in failure.lastLog.enumerated() {
            lines += evidence(number == 0 ? "last log" : "", line)
        }
        lines += evidence("whole log", "smctl logs \(service.name) --revision \(failure.revision)")
        lines += evidence("next", "correct the definition, or try it again: smctl retry \(service.name)")
        return lines
    }

    private func rejected(_ rejection: ServiceStatus.RejectedRevision, of service: ServiceStatus) -> [String] {
        let revision = RevisionText.short(rejection.revision)
        let sentence = "\(service.name)  \(revision) isn't a valid definition. \(kept(service))"
        return heading("✗", .failed, sentence)
            + rejection.reasons.enumerated().flatMap { evidence($0 == 0 ? "found" : "", $1) }
            + evidence("next", "correct the definition; smctl validate FILE checks one before it is used")
    }

    private func kept(_ service: ServiceStatus) -> String {
        service.current.map { "\(RevisionText.short($0)) is kept." } ?? "Nothing serves."
    }

    private func heading(_ symbol: String, _ state: ServiceStatus.State, _ sentence: String) -> [String] {
        let margin = style == .terminal ? 2 : 0
        var lines = Wrapping.lines(style.text(sentence), width: width, first: margin, indent: 2)
        if style == .terminal { lines[0] = style.colored(symbol, by: state) + " " + lines[0] }
        return lines
    }

    private func evidence(_ label: String, _ text: String) -> [String] {
        let padding = String(repeating: " ", count: max(0, 13 - label.count))
        let start = "  \(label)\(padding)"
        var lines = Wrapping.lines(style.text(text), width: width, first: start.count, indent: start.count)
        lines[0] = start + lines[0]
        return lines
    }
}
