/// The verdicts about an instance that serves, or is about to.
extension Rollout {
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

    /// Replaces an instance that has failed for as long as `restart_after` says.
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
}
