import Addresses

extension Rollout {
    /// Whether nothing of the service is left, nor wanted: its document was deleted, and all of it has been removed.
    package var isGone: Bool {
        guard management == .unmanaged else { return false }
        return target == nil && current == nil && candidate == nil && rejection == nil && instances.isEmpty
            && claimed.isEmpty
    }

    /// The state for people, without what only the host can tell.
    package var status: ServiceStatus { status(ahead: nil) }

    /// The state for people.
    ///
    /// - Parameter ahead: How many pulls or starts of others come before its own; nil when that isn't known.
    /// - Returns: The status.
    package func status(ahead: Int?) -> ServiceStatus {
        let (state, detail) = summary(ahead)
        return ServiceStatus(
            name: service.rawValue,
            state: state,
            detail: detail,
            virtualServices: virtualServices,
            current: current?.revision.description,
            target: target?.revision.description,
            candidate: candidate?.revision.description,
            stage: candidate?.stage.name.rawValue,
            backends: backends,
            replicas: management == .managed ? current?.definition.replicas : nil,
            failed: failed,
            rejected: rejection.map { .init(revision: $0.revision.description, reasons: $0.reasons) },
            restarts: restarts.isEmpty ? nil : restartStatuses,
            ahead: ahead,
            warnings: []
        )
    }

    private func summary(_ ahead: Int?) -> (ServiceStatus.State, String?) {
        switch management {
        case .unmanaged where target == nil: unmanagedSummary
        case .unmanaged where units.foreignTemplate != nil: (.failed, foreignTemplateDetail)
        case .unmanaged: (.stopped, "its manager isn't started: systemctl start \(service)@manager")
        case .stopping(let reason): (.stopping, stoppingDetail(reason))
        case .failed(let revision): (.failed, failureDetail(revision))
        case .disabled: (.stopped, stoppingDetail(.disabled))
        case .managed: managedSummary(ahead)
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
        if let candidate { return (.rolling, waitingFor(candidate, ahead)) }
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
        if let target, target.revision != current.revision, failures[target.revision] != nil {
            return (.degraded, failureDetail(target.revision))
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
        case .holding:
            return "\(name): a canary holds \(candidate.definition.canary?.percent ?? 0) %: smctl promote \(service)"
        case .running: break
        }
        let alive = alive(candidate.revision)
        let settled = alive.filter(\.isSettled).count
        guard let next = alive.first(where: { !$0.isSettled }) else { return "\(name): starting" }
        let of =
            candidate.definition.replicas > 1
            ? " (\(settled) of \(candidate.definition.replicas) replicas settled)" : ""
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
        return "\(why); \(instances.count) containers left"
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

    /// The slots that are started again, in words and for programs.
    private var restartStatuses: [ServiceStatus.RestartStatus] {
        restarts.sorted { $0.key < $1.key }.map { slot, restart in
            .init(
                slot: slot,
                count: restart.count,
                cause: restart.cause,
                exitCode: restart.exit?.code,
                outOfMemory: restart.exit?.outOfMemory,
                isCrashLoop: restart.isCrashLoop,
                isWaiting: restart.isWaiting,
                delay: restart.delay / .seconds(1),
                at: nil
            )
        }
    }

    private var virtualServices: [ServiceStatus.VirtualServiceStatus] {
        let definition = candidate?.definition ?? current?.definition
        let published = serving.reduce(into: Set<String>()) { set, instance in
            set.formUnion(instance.definition.addresses.map(\.description))
        }
        let addresses = Set(claimed).union(definition?.addresses ?? []).sorted()
        return addresses.map {
            .init(
                address: $0.description,
                scheduler: definition?.scheduler ?? "",
                isPublished: published.contains($0.description)
            )
        }
    }

    private var backends: [ServiceStatus.BackendStatus] {
        instances.values.sorted { $0.id > $1.id }.map { instance in
            .init(
                slot: instance.id.slot,
                revision: instance.id.revision.description,
                role: role(of: instance),
                phase: instance.isKept ? "stopped" : instance.phase.rawValue,
                container: instance.container?.rawValue,
                image: instance.definition.image,
                address: instance.endpoint?.description,
                weight: instance.weight,
                health: health(of: instance)
            )
        }
    }

    private func role(of instance: Instance) -> String {
        if instance.isRetiring { return "retiring" }
        if instance.id.revision == candidate?.revision { return "candidate" }
        return "current"
    }

    private func health(of instance: Instance) -> String? {
        if instance.isHandDrained { return "drained by hand" }
        if instance.isSuspended { return "paused (docker unpause)" }
        return switch instance.health {
        case nil: nil
        case .passing: "passing"
        case .failing(let evidence): "failing: \(evidence)"
        }
    }

    private var failed: [ServiceStatus.FailedRevision] {
        failures.byRevision.sorted { $0.key.description < $1.key.description }.map { revision, failure in
            .init(
                revision: revision.description,
                phase: failure.phase.rawValue,
                message: failure.message,
                lastProbe: failure.lastProbe,
                exitCode: failure.exit?.code,
                outOfMemory: failure.exit?.outOfMemory,
                lastLog: failure.lastLog
            )
        }
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
    /// Why the slot is started again: `exit`, `out_of_memory`, `by_hand`, `with_docker` or `not_started`.
    fileprivate var cause: ServiceStatus.RestartStatus.Cause {
        if exit?.isWithEngine == true { return .withDocker }
        if isByHand { return .byHand }
        if trouble != nil { return .notStarted }
        return exit?.outOfMemory == true ? .outOfMemory : .exit
    }

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
