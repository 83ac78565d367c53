import Addresses

/// What the answers to an instance's commands mean, and what its own end does.
extension Rollout {
    mutating func apply(_ event: InstanceEvent, to id: InstanceID) {
        switch event {
        case .created(let container): created(id, container)
        case .createFailed(let failure): createFailed(id, failure)
        case .started(let endpoint, let other): started(id, endpoint, other)
        case .startFailed(let failure): startFailed(id, failure)
        case .attached: attached(id)
        case .attachFailed(let failure): commandFailed(id, in: [.attaching, .serving, .ejected], failure)
        case .drained: drained(id)
        case .drainFailed(let failure): commandFailed(id, in: [.draining], failure)
        case .stopFailed(let failure): commandFailed(id, in: [.stopping], failure)
        case .detached: detached(id)
        case .detachFailed(let failure): commandFailed(id, in: [.detaching], failure)
        case .removed(let lastLog): removed(id, lastLog: lastLog)
        case .removeFailed(let failure): commandFailed(id, in: [.removing], failure)
        case .probed(let verdict): probed(id, verdict)
        case .exhausted(let evidence): exhausted(id, evidence)
        case .suspended(let isSuspended): suspended(id, isSuspended)
        case .disconnected: disconnected(id)
        case .processEnded: processEnded(id)
        case .exited(let report): ended(id, report)
        case .vanished: ended(id, nil)
        }
    }

    // MARK: Arriving

    mutating func created(_ id: InstanceID, _ container: ContainerID) {
        guard var instance = instances[id], instance.phase == .creating else { return ignore() }
        instance.container = container
        if instance.isRetiring {
            emit(.cancelTimer(.start(id)))
            instance.enter(.removing(.removed))
            emit(.remove(id, container))
        } else {
            instance.enter(.starting)
            emit(.start(id, container, instance.definition))
        }
        instances[id] = instance
    }

    mutating func createFailed(_ id: InstanceID, _ failure: Failure) {
        guard let instance = instances[id], instance.phase == .creating, !instance.command.awaitsRetry else {
            return ignore()
        }
        if isRepeated(instance, failure) { return repeatLater(instance, failure) }
        emit(.cancelTimer(.start(id)))
        startingFailed(id, .create, failure)
        instances[id] = nil
    }

    mutating func started(_ id: InstanceID, _ endpoint: Endpoint, _ other: Endpoint?) {
        guard var instance = instances[id], instance.phase == .starting, let container = instance.container else {
            return ignore()
        }
        emit(.cancelTimer(.start(id)))
        instance.endpoints = Instance.Endpoints(endpoint, other: other)
        instance.enter(.probing)
        instances[id] = instance
        guard !instance.isRetiring else { return }
        emit(.setTimer(.healthy(id), instance.definition.healthyDeadline))
        probe(instance, .startup)
        tell(.instanceStarted(id, container, endpoint))
    }

    mutating func startFailed(_ id: InstanceID, _ failure: Failure) {
        guard var instance = instances[id], instance.phase == .starting, !instance.command.awaitsRetry,
            let container = instance.container
        else {
            return ignore()
        }
        if isRepeated(instance, failure) { return repeatLater(instance, failure) }
        emit(.cancelTimer(.start(id)))
        startingFailed(id, .start, failure)
        instance.enter(.removing(.removed))
        instances[id] = instance
        emit(.remove(id, container))
    }

    /// What may pass isn't the revision's fault: its command is repeated within the deadline.
    ///
    /// Of the current revision a slot is tried again anyway.
    private func isRepeated(_ instance: Instance, _ failure: Failure) -> Bool {
        failure.isTransient && !instance.isRetiring && instance.id.revision == candidate?.revision
    }

    private mutating func repeatLater(_ instance: Instance, _ failure: Failure) {
        var instance = instance
        let id = instance.id
        let delay = RolloutPolicy.backoff(instance.command.retries)
        instance.command.retries += 1
        instance.command.awaitsRetry = true
        instance.command.trouble = failure.message
        instances[id] = instance
        if failure.isOutage {
            // The time in which Docker is away doesn't count against the revision.
            emit(.setTimer(.start(id), instance.definition.startDeadline + delay))
            if pause == nil { emit(.setTimer(.progress(id.revision), instance.definition.progressDeadline + delay)) }
        }
        emit(.setTimer(.retry(id), delay))
        tell(.commandRetried(id, instance.phase, failure, after: delay))
    }

    /// An instance couldn't be brought up: its rollout fails, or its slot is tried again later.
    private mutating func startingFailed(_ id: InstanceID, _ phase: RolloutPhase, _ failure: Failure) {
        guard instances[id]?.isRetiring == false else { return }
        if id.revision == candidate?.revision {
            failCandidate(RevisionFailure(phase: phase, message: failure.message))
        } else if id.revision == current?.revision {
            let delay = scheduleRestart(slot: id.slot, trouble: failure.message)
            tell(.commandRetried(id, phase == .create ? .creating : .starting, failure, after: delay))
        }
    }

    mutating func startDeadlinePassed(_ id: InstanceID) {
        guard let instance = instances[id], instance.phase == .creating || instance.phase == .starting else {
            return ignore()
        }
        let failure = Failure(
            "its container was not started after \(instance.definition.startDeadline.shortText) (start_deadline): "
                + (instance.command.trouble ?? "look at `journalctl -u docker`")
        )
        startingFailed(id, instance.phase == .creating ? .create : .start, failure)
        instances[id]?.isRetiring = true
    }

    mutating func healthyDeadlinePassed(_ id: InstanceID) {
        guard let instance = instances[id], instance.phase == .probing || instance.phase == .attaching else {
            return ignore()
        }
        guard !instance.isRetiring else { return }
        if id.revision == candidate?.revision {
            failCandidate(
                RevisionFailure(
                    phase: .healthy,
                    message:
                        "it was not healthy after \(instance.definition.healthyDeadline.shortText) (healthy_deadline): "
                        + "\(instance.lastProbe ?? "no probe was answered")",
                    lastProbe: instance.lastProbe
                )
            )
        } else if id.revision == current?.revision {
            let delay = scheduleRestart(
                slot: id.slot,
                trouble: "not healthy: \(instance.lastProbe ?? "no probe was answered")"
            )
            let failure = Failure("not healthy: \(instance.lastProbe ?? "no probe was answered")", isTransient: true)
            tell(.commandRetried(id, .probing, failure, after: delay))
        }
        instances[id]?.isRetiring = true
    }

    // MARK: In service

    mutating func attached(_ id: InstanceID) {
        guard var instance = instances[id] else { return ignore() }
        guard instance.phase == .attaching, let endpoint = instance.endpoint else {
            if instance.phase != .ejected, instance.phase != .serving { ignore() }
            return
        }
        instance.enter(.serving)
        instances[id] = instance
        claims.held.formUnion(instance.definition.addresses)
        emit(.cancelTimer(.healthy(id)))
        guard !instance.isRetiring, !instance.processHasEnded else { return }
        if !instance.isSettled { emit(.setTimer(.minHealthy(id), instance.definition.minHealthy)) }
        tell(.instanceInService(id, endpoint))
    }

    mutating func minHealthyPassed(_ id: InstanceID) {
        guard let instance = instances[id], instance.isServing, !instance.isSettled else { return ignore() }
        instances[id]?.destination?.isSettled = true
        guard id.revision == current?.revision else { return }
        slots.restarts[id.slot] = nil
        exits[id.revision] = nil
        probe(instance, .steady)
    }

    mutating func probed(_ id: InstanceID, _ verdict: ProbeVerdict) {
        guard let instance = instances[id], !instance.processHasEnded else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected: break
        case .queued, .creating, .starting, .draining, .stopping, .detaching, .removing: return ignore()
        }
        instances[id]?.health = verdict
        guard !instance.isRetiring, case .failing(let evidence) = verdict else { return }
        guard instance.phase == .serving || instance.phase == .attaching else { return }
        if id.revision == candidate?.revision {
            failCandidate(
                RevisionFailure(
                    phase: .minHealthy,
                    message:
                        "its probes failed within \(instance.definition.minHealthy.shortText) (min_healthy) of being in service: \(evidence)",
                    lastProbe: evidence
                )
            )
        } else if instance.phase == .serving {
            tell(.instanceUnhealthy(id, evidence, isLast: serving.count == 1))
        }
    }

    /// It fails for so long that its definition asks for another container.
    mutating func exhausted(_ id: InstanceID, _ evidence: String) {
        guard let instance = instances[id], id.revision == current?.revision, id.revision != candidate?.revision,
            instance.phase == .serving || instance.phase == .ejected, !instance.processHasEnded,
            !instance.isRetiring, !instance.isOutdated
        else {
            return ignore()
        }
        instances[id]?.intent.isOutdated = true
        tell(.instanceReplaced(id, evidence))
    }

    // MARK: By somebody else's hand

    mutating func suspended(_ id: InstanceID, _ isSuspended: Bool) {
        guard let instance = instances[id], instance.isAlive, !instance.processHasEnded,
            instance.isSuspended != isSuspended
        else {
            return ignore()
        }
        instances[id]?.process = isSuspended ? .suspended : .running
        tell(.instanceSuspended(id, isSuspended))
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected: break
        case .queued, .creating, .starting, .draining, .stopping, .detaching, .removing: return
        }
        if isSuspended {
            probed(
                id,
                .failing("its container is paused: docker unpause \(instance.container?.rawValue.prefix(12) ?? "")")
            )
        } else if let instance = instances[id] {
            // Also a kind of check that never fails has to say so again.
            emit(.stopProbing(id))
            probe(instance, instance.isSettled ? .steady : .startup)
        }
    }

    /// What seemed to be stopped by hand was stopped by Docker as it went down, and what was started again failed for want of
    /// Docker: none of it waits any longer.
    mutating func engineReturned() {
        for id in instances.keys.sorted() where instances[id]?.command.awaitsRetry == true {
            emit(.cancelTimer(.retry(id)))
            repeatCommand(id)
        }
        guard pause == nil else { return }
        for id in instances.keys where instances[id]?.isKept == true { instances[id]?.isRetiring = true }
        for slot in restarts.keys where restarts[slot]?.isWaiting == true {
            emit(.cancelTimer(.restart(slot: slot)))
            slots.endWait(slot)
        }
    }

    /// Docker may give its address to a stranger, so its destination goes at once, and the container after it.
    mutating func disconnected(_ id: InstanceID) {
        guard let instance = instances[id], instance.isAlive else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected, .draining: break
        case .queued, .creating, .starting, .stopping, .detaching, .removing: return ignore()
        }
        cancelTimers(of: instance)
        if instance.hasDestination {
            emit(.purge(instance.destinations.mapValues { [$0] }))
        }
        var delay: Duration?
        if !instance.isRetiring {
            if id.revision == candidate?.revision {
                failCandidate(
                    RevisionFailure(
                        phase: .healthy,
                        message: "its container was disconnected from its network by somebody else"
                    )
                )
            } else if id.revision == current?.revision {
                delay = scheduleRestart(slot: id.slot, trouble: "disconnected from its network by somebody else")
            }
        }
        tell(.instanceDisconnected(id, restartAfter: delay))
        instances[id]?.destination = nil
        instances[id]?.isRetiring = true
        beginStop(id)
    }

    // MARK: Leaving

    mutating func drained(_ id: InstanceID) {
        guard instances[id]?.phase == .draining else { return ignore() }
        emit(.cancelTimer(.drain(id)))
        tell(.instanceDrained(id, inTime: true))
        beginStop(id)
    }

    mutating func drainDeadlinePassed(_ id: InstanceID) {
        guard instances[id]?.phase == .draining else { return ignore() }
        tell(.instanceDrained(id, inTime: false))
        beginStop(id)
    }

    /// A process that has ended doesn't answer: its destination goes at once, and not when Docker has noticed.
    mutating func processEnded(_ id: InstanceID) {
        guard let instance = instances[id], !instance.processHasEnded else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected, .draining, .stopping: break
        case .queued, .creating, .starting, .detaching, .removing: return ignore()
        }
        instances[id]?.process = .ended
        instances[id]?.destination?.weight = 0
        if instance.hasDestination { emit(.purge(instance.destinations.mapValues { [$0] })) }
    }

    /// The container has ended; nil when it is gone from Docker altogether.
    mutating func ended(_ id: InstanceID, _ report: ExitReport?) {
        guard var instance = instances[id], instance.isAlive, instance.container != nil else { return ignore() }
        cancelTimers(of: instance)
        let expected = instance.isRetiring
        if report == nil { instance.container = nil }
        instance.enter(instance.hasDestination ? .detaching(.removed) : .removing(.removed))
        instances[id] = instance
        if instance.hasDestination { issueCommand(of: instance) }
        if expected {
            if let report { tell(.instanceExited(id, report, expected: true, restartAfter: nil)) }
        } else {
            endedByItself(instance, report)
        }
        if instance.phase == .removing { beginRemove(id) }
    }

    private mutating func endedByItself(_ instance: Instance, _ report: ExitReport?) {
        let id = instance.id
        if let report, report.isWithEngine { return endedWithEngine(id, report) }
        exits[id.revision] = report ?? ExitReport(code: 137)
        if id.revision == candidate?.revision {
            let phase: RolloutPhase = instance.hasDestination ? .minHealthy : .healthy
            let what =
                report.map { "its container exited with code \($0.code)\($0.outOfMemory ? " (out of memory)" : "")" }
                ?? "its container was removed by somebody else"
            let place = instance.hasDestination ? "within min_healthy of being in service" : "before it was healthy"
            if let report { tell(.instanceExited(id, report, expected: false, restartAfter: nil)) }
            failCandidate(
                RevisionFailure(phase: phase, message: "\(what) \(place)", lastProbe: instance.lastProbe, exit: report)
            )
        } else if id.revision == current?.revision {
            let delay = scheduleRestart(slot: id.slot, isByHand: report?.isByHand ?? true, exit: report)
            if report?.isByHand == true { instances[id]?.afterEnd(.kept) }
            if let report {
                tell(.instanceExited(id, report, expected: false, restartAfter: delay))
            } else {
                tell(.instanceVanished(id, restartAfter: delay))
            }
        }
    }

    /// No revision is to blame for the engine's stop: another container is started when the engine is back.
    private mutating func endedWithEngine(_ id: InstanceID, _ report: ExitReport) {
        if id.revision == current?.revision {
            _ = scheduleRestart(slot: id.slot, isByHand: true, exit: report)
        }
        tell(.instanceExited(id, report, expected: false, restartAfter: nil))
    }

    mutating func detached(_ id: InstanceID) {
        guard case .detaching(let end) = instances[id]?.state else { return ignore() }
        instances[id]?.destination = nil
        instances[id]?.enter(.removing(end))
        beginRemove(id)
    }

    /// What follows once an instance has ended and is no destination any more.
    private mutating func beginRemove(_ id: InstanceID) {
        guard let instance = instances[id], case .removing(let end) = instance.state else { return }
        switch end {
        case .startedAgain(let endpoints): serveAgain(id, endpoints)
        case .kept: emit(.setTimer(.retry(id), RolloutPolicy.handStopHold))
        case .removed:
            if let container = instance.container { emit(.remove(id, container)) } else { forget(id) }
        }
    }

    mutating func removed(_ id: InstanceID, lastLog: [String]) {
        guard instances[id]?.phase == .removing else { return ignore() }
        revisions.failures.note(lastLog: lastLog, of: id.revision)
        forget(id)
    }

    /// An instance whose container is gone; how its revision's last one ended isn't asked for any more.
    mutating func forget(_ id: InstanceID) {
        instances[id] = nil
        if !instances.keys.contains(where: { $0.revision == id.revision }) { exits[id.revision] = nil }
    }
}
