import Addresses

/// Decides what follows from the state. Nothing else does.
extension Rollout {
    mutating func advance() {
        if management == .managed, goal?.definition.enabled == false { beginStop(.disabled) }
        switch management {
        case .managed:
            if pause == nil { chooseCandidate() }
            if pause == nil || isPastTurningBack { advanceCandidate() }
            maintainCurrent()
            if pause == nil || candidate == nil { retireReplaced() }
        case .failed:
            retireAll()
        case .unmanaged, .stopping, .disabled:
            cancelCandidate()
            retireAll()
        }
        for id in instances.keys.sorted() { advanceInstance(id) }
        holdProgress()
        finishStop()
        awaitDocument()
        applySettings()
        releaseUnusedAddresses()
        collectImages()
    }

    /// Pauses the progress deadline while an instance waits for its turn.
    private mutating func holdProgress() {
        let revision = candidate?.revision
        let waits = instances.values.contains { $0.id.revision == revision && $0.phase == .queued && !$0.isRetiring }
        candidate?.holdProgress(waits, &steps)
    }

    /// Removes the images of revisions that can no longer be rolled back to, once their last container has been removed.
    private mutating func collectImages() {
        let unneeded = revisions.images.giveUp(except: neededRevisions.union(instances.keys.map(\.revision)))
        if !unneeded.isEmpty { emit(.removeImages(unneeded)) }
    }

    // MARK: Candidate

    mutating func chooseCandidate() {
        guard let goal, !document.isWithdrawing, candidate?.revision != goal.revision else { return }
        if let candidate {
            tellSuperseded(candidate, by: goal)
            cancelCandidate()
            keepServing(candidate)
        }
        guard revisions.untried != nil else { return }
        let deployment = effective(goal)
        candidate = Candidate(deployment: deployment, stage: .claiming(.init()))
        tell(.rolloutBegan(goal.revision, from: current?.revision))
        guard !deployment.definition.addresses.isEmpty else {
            return failCandidate(
                RevisionFailure(
                    phase: .address,
                    message: "neither the document nor the unit names a service address: "
                        + "add \"address\": \"ADDRESS:PORT\" to the document, or pass it to launch in the unit's ExecStart"
                )
            )
        }
        claim(deployment)
    }

    /// A newer document takes a candidate's place, or a person has gone back to another revision.
    private mutating func tellSuperseded(_ candidate: Candidate, by goal: Deployment) {
        guard let pin, pin.deployment.revision == goal.revision else {
            return tell(.rolloutSuperseded(candidate.revision, by: goal.revision))
        }
        tell(.rolloutGivenUp(candidate.revision, pin.note, for: goal.revision, kept: current?.revision))
    }

    /// Keeps a superseded candidate until its successor is in service, if nothing else serves.
    private mutating func keepServing(_ candidate: Candidate) {
        let revisions = Set(serving.map(\.id.revision))
        guard revisions == [candidate.revision] else { return }
        self.revisions.current = candidate.deployment
        slots.restarts = [:]
    }

    /// True once a candidate has replaced what ran before: only the candidate can serve then, so a pause doesn't stop it.
    private var isPastTurningBack: Bool {
        guard let candidate else { return false }
        return candidate.stage.name == .running && candidate.definition.order == .stopFirst
    }

    private mutating func advanceCandidate() {
        guard let candidate else { return }
        switch candidate.stage {
        // They wait for an answer, or for a person.
        case .claiming, .pulling, .holding: return
        case .clearing:
            let others = instances.values.filter { $0.id.revision != candidate.revision }
            for instance in others { instances[instance.id]?.isRetiring = true }
            guard !others.contains(where: \.isAlive) else { return }
            self.candidate?.stage = .running(isProgressHeld: false)
            bringUp(candidate)
        case .running: bringUp(candidate)
        }
    }

    /// Starts as many instances of the candidate as are allowed now.
    ///
    /// Once all have settled, it becomes current.
    private mutating func bringUp(_ candidate: Candidate) {
        let canary = holdingCanary
        let replicas = canary == nil ? candidate.definition.replicas : 1
        let running = alive(candidate.revision).filter { !$0.isRetiring }
        let settled = running.filter { $0.isServing && $0.isSettled }.count
        if settled == replicas, settled == running.count {
            if let canary {
                self.candidate?.hold(canary, &steps)
                return
            }
            return promote(candidate)
        }
        let taken = Set(running.map(\.id.slot))
        let free = (1...replicas).filter { !taken.contains($0) }
        let arriving = running.count - settled
        for slot in free.prefix(max(0, candidate.definition.parallelism - arriving)) {
            create(candidate.deployment, slot: slot)
        }
    }

    private mutating func promote(_ candidate: Candidate) {
        emit(.cancelTimer(.progress(candidate.revision)))
        self.candidate = nil
        revisions.promote(candidate.deployment)
        orders.promoted = nil
        slots.restarts = [:]
        units.isHandStopped = false
        emit(.cancelTimer(.handStop))
        tell(.rolloutCompleted(candidate.revision))
        for instance in alive(candidate.revision) { probe(instance, .steady) }
    }

    /// Drops the candidate; its instances retire.
    mutating func cancelCandidate() {
        guard let candidate else { return }
        candidate.cancel(&steps)
        orders.promoted = nil
        self.candidate = nil
    }

    /// Records why the candidate failed, and drops it.
    ///
    /// The current revision was never touched, and stays.
    mutating func failCandidate(_ failure: RevisionFailure) {
        guard let candidate else { return }
        revisions.failures.remember(failure, of: candidate.revision)
        revisions.failures.forgetOld(except: neededRevisions)
        cancelCandidate()
        revisions.fallBack()
        if current == nil { management = .failed(candidate.revision) }
        guard let note = failure.givenUp else {
            return tell(.rolloutFailed(candidate.revision, failure, kept: current?.revision))
        }
        tell(.rolloutGivenUp(candidate.revision, note, for: nil, kept: current?.revision))
    }

    // MARK: Current

    /// Schedules the restart of a slot of the current revision that ended by itself, after a pause that doubles.
    mutating func scheduleRestart(
        slot: Int,
        isByHand: Bool = false,
        exit: ExitReport? = nil,
        trouble: String? = nil
    ) -> Duration {
        let delay = slots.scheduleRestart(slot, isByHand: isByHand, exit: exit, trouble: trouble)
        emit(.setTimer(.restart(slot: slot), delay))
        return delay
    }

    /// Adds an instance, which is created when it is its turn (`Rollout+Turns.swift`).
    mutating func create(_ deployment: Deployment, slot: Int) {
        // A container that a person stopped in this slot is no longer kept.
        for kept in instances.values where kept.isKept && kept.id.slot == slot { instances[kept.id]?.isRetiring = true }
        let id = InstanceID(revision: deployment.revision, slot: slot, attempt: nextAttempt())
        instances[id] = Instance(id: id, definition: deployment.definition, state: .queued)
    }

    mutating func nextAttempt() -> Int { slots.nextAttempt(besides: Set(instances.keys.map(\.attempt))) }

    // MARK: Leaving

    private mutating func finishStop() {
        guard case .stopping(let reason) = management, instances.isEmpty, claims.isEmpty else { return }
        management = reason == .disabled ? .disabled : .unmanaged
        if reason == .withdrawn {
            revisions.current = nil
            revisions.kept = []
        }
        units.isHandStopped = false
        emit(.cancelTimer(.handStop))
        for slot in restarts.keys { emit(.cancelTimer(.restart(slot: slot))) }
        slots.restarts = [:]
        tell(.serviceStopped)
    }
}
