/// From the drain of an instance until its container is removed.
extension Rollout {
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

    /// Handles the end of a process: it no longer answers, so its destination is deleted at once, before Docker reports the
    /// end.
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

    /// Handles the end of a container; nil when Docker no longer has it.
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

    /// Handles an end by the engine's stop, which isn't the revision's fault: another container is started when the engine is
    /// back.
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

    /// Handles an instance that has ended and has no destination any more.
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

    /// Forgets an instance whose container has been removed, and the exit of its revision after its last instance.
    mutating func forget(_ id: InstanceID) {
        instances[id] = nil
        if !instances.keys.contains(where: { $0.revision == id.revision }) { exits[id.revision] = nil }
    }
}
