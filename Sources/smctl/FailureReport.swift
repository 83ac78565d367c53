import ServiceModel

/// What is below the table of services: a sentence, the evidence, and what to do next.
struct FailureReport {
    let style: Style

    func lines(_ service: ServiceStatus) -> [String] {
        let failures = service.failed.flatMap { failure($0, of: service) }
        let rejection = service.rejected.map { rejected($0, of: service) } ?? []
        return failures + rejection
            + service.warnings.map { heading("!", .degraded, "\(service.name)  warning: \($0)") }
    }

    private func failure(_ failure: ServiceStatus.FailedRevision, of service: ServiceStatus) -> [String] {
        let revision = RevisionText.short(failure.revision)
        let sentence =
            "\(service.name)  \(revision) failed in phase \"\(failure.phase)\": \(failure.message). \(kept(service))"
        var lines = [heading("✗", .failed, sentence)]
        if let probe = failure.lastProbe { lines.append(evidence("last probe", probe)) }
        if let code = failure.exitCode {
            lines.append(evidence("exit code", "\(code)" + (failure.outOfMemory == true ? ", out of memory" : "")))
        } else if failure.outOfMemory == true {
            lines.append(evidence("exit", "out of memory"))
        }
        for (number, line) in failure.lastLog.enumerated() {
            lines.append(evidence(number == 0 ? "last log" : "", line))
        }
        lines.append(evidence("whole log", "smctl logs \(service.name) --revision \(failure.revision)"))
        lines.append(evidence("next", "correct the definition, or try it again: smctl retry \(service.name)"))
        return lines
    }

    private func rejected(_ rejection: ServiceStatus.RejectedRevision, of service: ServiceStatus) -> [String] {
        let revision = RevisionText.short(rejection.revision)
        let sentence = "\(service.name)  \(revision) isn't a valid definition. \(kept(service))"
        return [heading("✗", .failed, sentence)]
            + rejection.reasons.enumerated().map { evidence($0 == 0 ? "found" : "", $1) }
            + [evidence("next", "correct the definition; smctl validate FILE checks one before it is used")]
    }

    private func kept(_ service: ServiceStatus) -> String {
        service.current.map { "\(RevisionText.short($0)) is kept." } ?? "Nothing serves."
    }

    private func heading(_ symbol: String, _ state: ServiceStatus.State, _ sentence: String) -> String {
        let text = style.text(sentence)
        return style == .terminal ? style.colored(symbol, by: state) + " " + text : text
    }

    private func evidence(_ label: String, _ text: String) -> String {
        let padding = String(repeating: " ", count: max(0, 13 - label.count))
        return "  \(label)\(padding)\(style.text(text))"
    }
}
