import Addresses

/// A person's requests.
///
/// `OperatorPlan` tells a person why a request makes no sense. An event that no longer makes sense is ignored.
extension Rollout {
    mutating func apply(_ event: OperatorEvent) {
        switch event {
        case .retryRequested: retry()
        case .pauseRequested(let note): pause(note)
        case .resumeRequested: resume()
        case .rollbackRequested(let revision, let definition, let note):
            rollBack(to: Deployment(revision: revision, definition: definition), note)
        case .promoteRequested: promoteCanary()
        case .abortRequested(let note): abort(note)
        case .drainRequested(let id, let isForced): drainByHand(id, isForced: isForced)
        case .undrainRequested(let id): undrain(id)
        case .restartRequested(let note): restart(note)
        case .adopted(let container): adopt(container)
        }
    }

    private mutating func retry() {
        guard let goal = try? retryable() else { return ignore() }
        revisions.failures.forget(goal.revision)
        // The person may have pushed another image under the same tag.
        revisions.images.forget(goal.revision)
        if case .failed = management { management = .managed }
    }

    private mutating func pause(_ note: OperatorNote) {
        let isFirst = pause == nil
        orders.pause = note
        tell(.paused(note))
        guard isFirst, let candidate else { return }
        candidate.pause(&steps)
        if candidate.definition.order == .startFirst {
            // It stands in line again once the rollout continues.
            for instance in alive(candidate.revision) where instance.phase == .queued {
                instances[instance.id]?.isRetiring = true
            }
        } else if candidate.stage == .clearing {
            keepCleared()
        }
    }

    /// Keeps the instances that were about to make room: a pause must not leave a service without a running instance.
    ///
    /// Instances that have been asked to end do so, and are replaced (`maintainCurrent`).
    private mutating func keepCleared() {
        for instance in instances.values where instance.phase == .draining && instance.id.revision == current?.revision
        {
            guard instance.isRetiring, !instance.isOutdated, !instance.processHasEnded else { continue }
            emit(.cancelTimer(.drain(instance.id)))
            instances[instance.id]?.isRetiring = false
            // It is healthy, so it returns to service from there.
            instances[instance.id]?.enter(.ejected)
            probe(instance, .steady)
        }
    }

    /// Ends a pause, or, without one, the pin of a rollback.
    private mutating func resume() {
        if pause != nil {
            orders.pause = nil
            candidate?.resume(&steps)
            units.isHandStopped = false
            for slot in restarts.keys where restarts[slot]?.isByHand == true { slots.restarts[slot] = nil }
            for id in instances.keys.sorted() where instances[id]?.isKept == true { emit(.setTimer(.retry(id), .zero)) }
            tell(.resumed)
        } else if let pin {
            revisions.pin = nil
            tell(.unpinned(pin.deployment.revision))
        } else {
            ignore()
        }
    }

    private mutating func rollBack(to deployment: Deployment, _ note: OperatorNote) {
        guard (try? checkRollback()) != nil else { return ignore() }
        revisions.pin = Pin(deployment: deployment, note: note)
        revisions.failures.forget(deployment.revision)
        if case .failed = management { management = .managed }
        tell(.rolledBack(to: deployment.revision, note))
    }

    /// The candidate leaves as one that failed does, and isn't tried again by itself.
    ///
    /// Where it was one that a person went back to, the newest document counts again.
    private mutating func abort(_ note: OperatorNote) {
        guard let candidate = try? abortable() else { return ignore() }
        if pin?.deployment.revision == candidate.revision { revisions.pin = nil }
        var failure = RevisionFailure(phase: .progress, message: "given up by \(note.by)")
        failure.givenUp = note
        failCandidate(failure)
    }

    private mutating func drainByHand(_ id: InstanceID, isForced: Bool) {
        guard (try? drainable(id, isForced: isForced)) != nil else { return ignore() }
        instances[id]?.intent.isHandDrained = true
        tell(.handDrained(id))
    }

    private mutating func undrain(_ id: InstanceID) {
        guard instances[id]?.isHandDrained == true else { return ignore() }
        instances[id]?.intent.isHandDrained = false
        tell(.undrained(id))
    }

    /// Replaces every container of the current revision, in the same way as a new revision does.
    private mutating func restart(_ note: OperatorNote) {
        guard let current = try? restartable() else { return ignore() }
        for instance in alive(current.revision) where !instance.isRetiring {
            instances[instance.id]?.intent.isOutdated = true
        }
        for slot in restarts.keys {
            emit(.cancelTimer(.restart(slot: slot)))
            slots.restarts[slot] = nil
        }
        tell(.restarting(current.revision, note))
    }
}
