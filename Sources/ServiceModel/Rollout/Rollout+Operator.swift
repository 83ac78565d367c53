import Addresses

/// What a person asks for by hand.
///
/// The shell refuses what makes no sense, with a sentence; here it is ignored.
extension Rollout {
    mutating func apply(_ event: OperatorEvent) {
        switch event {
        case .retryRequested: retry()
        case .pauseRequested(let note): pause(note)
        case .resumeRequested: resume()
        case .rollbackRequested(let revision, let definition, let note):
            rollBack(to: Deployment(revision: revision, definition: definition), note)
        case .promoteRequested: promoteCanary()
        case .drainRequested(let id, let isForced): drainByHand(id, isForced: isForced)
        case .undrainRequested(let id): undrain(id)
        case .restartRequested(let note): restart(note)
        case .adopted(let container): adopt(container)
        }
    }

    private mutating func retry() {
        guard let goal, failures[goal.revision] != nil else { return ignore() }
        failures[goal.revision] = nil
        // A person who tries again may have pushed another image under the same tag.
        images[goal.revision] = nil
        if case .failed = management { management = .managed }
    }

    private mutating func pause(_ note: OperatorNote) {
        let isFirst = pause == nil
        pause = note
        tell(.paused(note))
        guard isFirst, let candidate else { return }
        emit(.cancelTimer(.progress(candidate.revision)))
        emit(.pauseTimer(.claim(candidate.revision)))
        emit(.pauseTimer(.hold(candidate.revision)))
        if candidate.definition.order == .startFirst {
            // It goes back into the line once the rollout continues.
            for instance in alive(candidate.revision) where instance.phase == .queued {
                instances[instance.id]?.isRetiring = true
            }
        } else if candidate.stage == .clearing {
            keepCleared()
        }
    }

    /// What was to make room stays: a pause isn't to leave a service with nothing that runs.
    ///
    /// What has been asked to end ends, and is replaced (`maintainCurrent`).
    private mutating func keepCleared() {
        for instance in instances.values where instance.phase == .draining && instance.id.revision == current?.revision
        {
            guard instance.isRetiring, !instance.isOutdated, !instance.processHasEnded else { continue }
            emit(.cancelTimer(.drain(instance.id)))
            instances[instance.id]?.isRetiring = false
            // From there it goes back into service, as it is healthy.
            instances[instance.id]?.enter(.ejected)
            probe(instance, .steady)
        }
    }

    /// Ends a pause; where there is none, the pin of a rollback.
    private mutating func resume() {
        if pause != nil {
            pause = nil
            if let candidate {
                emit(.resumeTimer(.claim(candidate.revision)))
                emit(.resumeTimer(.hold(candidate.revision)))
                if candidate.stage == .running || candidate.stage == .clearing {
                    emit(.setTimer(.progress(candidate.revision), candidate.definition.progressDeadline))
                    self.candidate?.isProgressHeld = false
                }
            }
            isHandStopped = false
            for slot in restarts.keys where restarts[slot]?.isByHand == true { restarts[slot] = nil }
            for id in instances.keys.sorted() where instances[id]?.isKept == true { emit(.setTimer(.retry(id), .zero)) }
            tell(.resumed)
        } else if let pin {
            self.pin = nil
            tell(.unpinned(pin.deployment.revision))
        } else {
            ignore()
        }
    }

    private mutating func rollBack(to deployment: Deployment, _ note: OperatorNote) {
        guard pause == nil else { return ignore() }
        switch management {
        case .managed, .failed: break
        case .unmanaged, .stopping, .disabled: return ignore()
        }
        pin = Pin(deployment: deployment, note: note)
        failures[deployment.revision] = nil
        if case .failed = management { management = .managed }
        tell(.rolledBack(to: deployment.revision, note))
    }

    private mutating func drainByHand(_ id: InstanceID, isForced: Bool) {
        guard let instance = instances[id], instance.isAlive, !instance.isRetiring, !instance.isHandDrained else {
            return ignore()
        }
        guard isForced || !instance.isServing || servesWithout(id) else { return ignore() }
        instances[id]?.isHandDrained = true
        tell(.handDrained(id))
    }

    private mutating func undrain(_ id: InstanceID) {
        guard instances[id]?.isHandDrained == true else { return ignore() }
        instances[id]?.isHandDrained = false
        tell(.undrained(id))
    }

    /// Every container of the current revision is replaced by a new one, in the same manner as by a new revision.
    private mutating func restart(_ note: OperatorNote) {
        guard management == .managed, candidate == nil, let current else { return ignore() }
        for instance in alive(current.revision) where !instance.isRetiring { instances[instance.id]?.isOutdated = true }
        for slot in restarts.keys {
            emit(.cancelTimer(.restart(slot: slot)))
            restarts[slot] = nil
        }
        tell(.restarting(current.revision, note))
    }
}

extension Rollout {
    /// A kept revision that a person went back to: it is wanted instead of the newest until a newer one comes.
    package struct Pin: Equatable, Sendable {
        package var deployment: Deployment
        package var note: OperatorNote
    }

    /// The revision that is to run: the newest, or the one that a person went back to.
    package var goal: Deployment? { pin?.deployment ?? target }
}
