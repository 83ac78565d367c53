extension Rollout {
    /// How the service is, and one sentence on what it waits for, or what is wrong.
    func summary(_ ahead: Int?) -> (ServiceStatus.State, String?) {
        switch management {
        case .unmanaged where target == nil: unmanagedSummary
        case .unmanaged where units.foreignTemplate != nil: (.failed, foreignTemplateDetail)
        case .unmanaged: unstartedSummary
        case .stopping(let reason): (.stopping, stoppingDetail(reason))
        case .failed(let revision): (.failed, failureDetail(revision))
        case .disabled: (.stopped, stoppingDetail(.disabled))
        case .managed: managedSummary(ahead)
        }
    }

    /// With a definition, and without a manager.
    private var unstartedSummary: (ServiceStatus.State, String?) {
        switch units.manager {
        case .awaited: (.rolling, "starting: its manager is about to start")
        case .missing:
            (
                .failed,
                "it has no address and no unit: add \"address\": \"ADDRESS:PORT\" to its document, or write a unit "
                    + "\(service)@.service of your own"
            )
        case .stopped: (.stopped, "its manager isn't started: systemctl start \(service)@manager")
        }
    }

    /// Without a definition.
    private var unmanagedSummary: (ServiceStatus.State, String?) {
        if let rejection { return (.failed, rejectionDetail(rejection)) }
        return (.waiting, "no document, and its manager isn't started")
    }

    private func managedSummary(_ ahead: Int?) -> (ServiceStatus.State, String?) {
        if let pause {
            let why = pause.reason.map { ": \"\($0)\"" } ?? ""
            var held = candidate.map { "; \($0.revision.short) is held" } ?? ""
            if let waiting = heldBack { held += "; \(waiting.short) waits" }
            return (.paused, "by \(pause.by)\(why)\(held); smctl resume \(service)")
        }
        if document.isWithdrawing { return (.degraded, "its document was deleted: it stops in a few seconds") }
        if let candidate {
            guard candidate.waitsForAddress else { return (.rolling, waitingFor(candidate, ahead)) }
            return (serving.isEmpty ? .failed : .degraded, waitingFor(candidate, ahead))
        }
        if units.isHandStopped { return (.degraded, "stopped by hand: it starts again by itself after 30 s") }
        guard let current else {
            if let rejection { return (.failed, rejectionDetail(rejection)) }
            let answers = document.asked.map { ": \($0)" } ?? ""
            guard document.isOverdue else { return (.waiting, "no document yet\(answers)") }
            return (.failed, "no document for over \(RolloutPolicy.documentGrace.shortText)\(answers)")
        }
        let wanted = current.definition.replicas
        let serving = serving.filter { $0.id.revision == current.revision }
        let drained = alive(current.revision).filter(\.isHandDrained)
        if serving.isEmpty, let drained = drained.first {
            return (.failed, "\(drained.id) is drained by hand, and nothing else serves: smctl undrain \(service)")
        }
        if serving.isEmpty {
            // After a boot nothing has failed: it is about to start, or waits for its turn to.
            let arriving = alive(current.revision).first { $0.phase.isArriving && !$0.isRetiring }
            guard let arriving, restarts.isEmpty else { return (.failed, restartDetail(current)) }
            let what = arriving.phase == .queued ? Self.turnText("start", ahead) : "is starting"
            return (.rolling, "\(current.revision.short) \(what)")
        }
        if let evidence = serving.compactMap(\.lastProbe).first {
            return (.degraded, "the last serving backend fails its probes and is kept in service: \(evidence)")
        }
        if serving.count + drained.count < wanted {
            return (.degraded, "\(serving.count) of \(wanted) replicas serve; \(restartDetail(current))")
        }
        if units.foreignTemplate != nil { return (.degraded, foreignTemplateDetail) }
        if let rejection { return (.degraded, rejectionDetail(rejection)) }
        if let goal, goal.revision != current.revision, let failure = failures[goal.revision] {
            if let note = failure.givenUp { return (.running, givenUpDetail(goal.revision, note)) }
            return (.degraded, failureDetail(goal.revision))
        }
        let outdated = alive(current.revision).filter { $0.isOutdated && !$0.isRetiring }.count
        if outdated > 0 {
            return (.rolling, "\(current.revision.short): \(outdated) containers are still to be replaced")
        }
        if let drained = instances.values.first(where: \.isHandDrained) {
            return (.running, "\(drained.id) is drained by hand: smctl undrain \(service)")
        }
        if let pin {
            return (
                .running, "rolled back to \(pin.deployment.revision.short) by \(pin.note.by): smctl resume \(service)"
            )
        }
        if let unchanged = revisions.unchanged {
            return (.running, "\(unchanged.short) says the same and isn't rolled")
        }
        return (.running, nil)
    }

    /// The newest revision, when it waits for a pause to end.
    private var heldBack: Revision? {
        let untried = revisions.untried?.revision
        return untried == candidate?.revision ? nil : untried
    }

    /// What the candidate waits for, in one line.
    private func waitingFor(_ candidate: Candidate, _ ahead: Int?) -> String {
        let name = candidate.revision.short
        switch candidate.stage {
        case .claiming(let claiming):
            return "\(name): " + (claiming.refusal.map { "waiting for its address: \($0)" } ?? "claiming its address")
        case .pulling(let pulling) where pulling.step == .inLine:
            let trouble = pulling.trouble.map { "; the last pull failed: \($0)" } ?? ""
            return "\(name): \(Self.turnText("pull \(candidate.definition.image)", ahead))\(trouble)"
        case .pulling(let pulling):
            return "\(name): pulling \(candidate.definition.image)\(pulling.trouble.map { ": \($0)" } ?? "")"
        case .clearing: return "\(name): waiting for \(current?.revision.short ?? "-") to stop (order stop-first)"
        case .holding: return "\(name): \(holdingDetail(candidate))"
        case .running: break
        }
        let alive = alive(candidate.revision)
        let settled = alive.filter(\.isSettled).count
        guard let next = alive.first(where: { !$0.isSettled }) else { return "\(name): starting" }
        let of =
            candidate.definition.replicas > 1
            ? " (\(settled) of \(candidate.definition.replicas) replicas settled)" : ""
        if next.isHandDrained {
            return "\(name): slot \(next.id.slot) is drained by hand: smctl undrain \(service)\(of)"
        }
        switch next.phase {
        case .serving: return "\(name): in service, min_healthy \(candidate.definition.minHealthy.shortText)\(of)"
        case .queued: return "\(name): \(Self.turnText("start", ahead))\(of)"
        case .probing: return "\(name): waiting to be healthy: \(next.lastProbe ?? "no answer yet")\(of)"
        case .creating, .starting, .attaching, .ejected, .draining, .stopping, .detaching, .removing:
            return "\(name): \(next.phase.rawValue)\(next.command.trouble.map { ": \($0)" } ?? "")\(of)"
        }
    }

    private var foreignTemplateDetail: String {
        "it can't have units: \(units.foreignTemplate ?? "-") is another program's template of the same name; "
            + "give the service another name"
    }

    /// Such as `waits for its turn to start, 3 before it`.
    private static func turnText(_ what: String, _ ahead: Int?) -> String {
        "waits for its turn to \(what)" + (ahead.map { aheadText($0) } ?? "")
    }

    static func aheadText(_ ahead: Int) -> String { ", \(ahead) before it" }

    private func stoppingDetail(_ reason: RolloutNotice.StopReason) -> String {
        let why =
            switch reason {
            case .manager: "its manager was stopped"
            case .withdrawn: "its document was deleted"
            case .disabled: "its document is switched off (\"enabled\": false), or isn't for this host (\"hosts\")"
            }
        return "\(why); \(instances.count) container\(instances.count == 1 ? "" : "s") left"
    }

    /// What a canary's traffic is, and what ends it.
    private func holdingDetail(_ candidate: Candidate) -> String {
        let canary = candidate.definition.canary
        let end =
            canary?.hold.map { "takes over \($0.shortText) after it was stable" }
            ?? "given up \(RolloutPolicy.longestHold.shortText) after it was stable"
        return "a canary with \(canary?.percent ?? 0) % of new connections: smctl promote \(service), or smctl abort "
            + "\(service); \(end)"
    }

    private func givenUpDetail(_ revision: Revision, _ note: OperatorNote) -> String {
        let why = note.reason.map { ": \"\($0)\"" } ?? ""
        return "\(revision.short) was given up by \(note.by)\(why); smctl retry \(service) tries it again"
    }

    private func failureDetail(_ revision: Revision) -> String {
        guard let failure = failures[revision] else { return "\(revision.short) failed" }
        let kept = current.map { "; \($0.revision.short) kept" } ?? ""
        return "\(revision.short) failed (\(failure.phase.rawValue)): \(failure.message)\(kept)"
    }

    private func rejectionDetail(_ rejection: ServiceDocument.Rejection) -> String {
        let kept = current.map { "; \($0.revision.short) kept" } ?? ""
        return
            "\(rejection.revision.short) isn't a valid definition: \(rejection.reasons.joined(separator: "; "))\(kept)"
    }

    /// What the slot that is worst off waits for, in one line.
    private func restartDetail(_ current: Deployment) -> String {
        guard
            let restart = restarts.values.max(by: {
                ($0.isWaiting ? 1 : 0, $0.count) < ($1.isWaiting ? 1 : 0, $1.count)
            })
        else {
            let ejected = alive(current.revision).first { $0.phase == .ejected && $0.lastProbe != nil }
            if let ejected, let evidence = ejected.lastProbe { return "\(ejected.id) fails its probes: \(evidence)" }
            return "\(current.revision.short) is starting"
        }
        return "\(current.revision.short) \(restart.text)"
    }
}

extension Instance.Phase {
    /// True until its first probe has passed.
    fileprivate var isArriving: Bool {
        switch self {
        case .queued, .creating, .starting, .probing, .attaching: true
        case .serving, .ejected, .draining, .stopping, .detaching, .removing: false
        }
    }
}

extension SlotRestart {
    /// Such as `restarting, 3rd time (crash loop), exit 137 out of memory`.
    fileprivate var text: String {
        guard count > 0 || isByHand else { return "is starting" }
        let what =
            switch cause {
            case .withDocker: "stopped with Docker"
            case .byHand: exit == nil ? "removed by hand" : "stopped by hand"
            case .notStarted: trouble ?? "not started"
            case .outOfMemory: "exit \(exit?.code ?? 137) out of memory"
            case .exit: exit.map { "exit \($0.code)" } ?? "its container is gone"
            }
        guard cause != .withDocker else { return "\(what), started again when Docker is" }
        guard !isByHand else { return "\(what), started again \(delay.shortText) after that" }
        return "restarting, \(Self.ordinal(count)) time\(isCrashLoop ? " (crash loop)" : ""), \(what)"
    }

    private static func ordinal(_ number: Int) -> String {
        switch (number % 100, number % 10) {
        case (11...13, _): "\(number)th"
        case (_, 1): "\(number)st"
        case (_, 2): "\(number)nd"
        case (_, 3): "\(number)rd"
        default: "\(number)th"
        }
    }
}
