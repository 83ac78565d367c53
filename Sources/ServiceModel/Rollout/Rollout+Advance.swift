import Addresses

/// The only place that decides what follows from the state.
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

    // MARK: Candidate

    mutating func chooseCandidate() {
        guard let goal, !isWithdrawing, candidate?.revision != goal.revision else { return }
        if let candidate {
            tell(.rolloutSuperseded(candidate.revision, by: goal.revision))
            cancelCandidate()
            keepServing(candidate)
        }
        guard current?.revision != goal.revision, goal.revision != unchanged, failures[goal.revision] == nil else {
            return
        }
        let deployment = effective(goal)
        candidate = Candidate(deployment: deployment, stage: .claiming)
        tell(.rolloutBegan(goal.revision, from: current?.revision))
        guard !deployment.definition.addresses.isEmpty else {
            return failCandidate(
                .address,
                "neither the document nor the unit names a service address: "
                    + "add \"address\": \"ADDRESS:PORT\" to the document, or pass it to launch in the unit's ExecStart"
            )
        }
        claim(deployment)
    }

    /// A superseded candidate that is all that serves is kept until its successor is in service.
    private mutating func keepServing(_ candidate: Candidate) {
        let revisions = Set(serving.map(\.id.revision))
        guard revisions == [candidate.revision] else { return }
        current = candidate.deployment
        restarts = [:]
    }

    /// True once a candidate has taken the place of what ran before: only it can serve, so a pause doesn't hold it.
    private var isPastTurningBack: Bool {
        guard let candidate else { return false }
        return candidate.stage == .running && candidate.definition.order == .stopFirst
    }

    private mutating func advanceCandidate() {
        guard var candidate else { return }
        if candidate.stage == .clearing {
            let others = instances.values.filter { $0.id.revision != candidate.revision }
            for instance in others { instances[instance.id]?.isRetiring = true }
            guard !others.contains(where: \.isAlive) else { return }
            candidate.stage = .running
            self.candidate = candidate
        }
        guard candidate.stage == .running else { return }
        let canary = holdingCanary
        let replicas = canary == nil ? candidate.definition.replicas : 1
        let running = alive(candidate.revision).filter { !$0.isRetiring }
        let settled = running.filter { $0.isServing && $0.isSettled }.count
        if settled == replicas, settled == running.count {
            if let canary { return hold(canary) }
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
        current = candidate.deployment
        kept.removeAll { $0 == candidate.revision }
        kept = Array(([candidate.revision] + kept).prefix(RolloutPolicy.keptRevisions))
        promoted = nil
        fallback = nil
        restarts = [:]
        isHandStopped = false
        emit(.cancelTimer(.handStop))
        tell(.rolloutCompleted(candidate.revision))
        for instance in alive(candidate.revision) { probe(instance, .steady) }
    }

    /// Leaves the candidate where it is; its instances retire.
    mutating func cancelCandidate() {
        guard let candidate else { return }
        switch candidate.stage {
        case .claiming:
            emit(.cancelTimer(.claimRetry(candidate.revision)))
            emit(.cancelTimer(.claim(candidate.revision)))
        case .pulling:
            emit(.cancelPull(candidate.revision))
            emit(.cancelTimer(.pull(candidate.revision)))
            emit(.cancelTimer(.pullRetry(candidate.revision)))
        case .clearing, .running: emit(.cancelTimer(.progress(candidate.revision)))
        case .holding: emit(.cancelTimer(.hold(candidate.revision)))
        }
        promoted = nil
        self.candidate = nil
    }

    /// Records why the candidate failed, and lets go of it.
    ///
    /// What is current was never touched, and stays.
    mutating func failCandidate(
        _ phase: RolloutPhase,
        _ message: String,
        lastProbe: String? = nil,
        exit: ExitReport? = nil,
        isAddressWait: Bool? = nil
    ) {
        guard let candidate else { return }
        var failure = RevisionFailure(phase: phase, message: message, lastProbe: lastProbe, exit: exit)
        failure.isAddressWait = isAddressWait
        remember(failure, of: candidate.revision)
        cancelCandidate()
        if current == nil, let fallback {
            current = fallback
            self.fallback = nil
        }
        if current == nil { management = .failed(candidate.revision) }
        tell(.rolloutFailed(candidate.revision, failure, kept: current?.revision))
    }

    // MARK: Current

    /// A slot of the current revision has ended by itself: it is started again after a pause that doubles.
    mutating func scheduleRestart(
        slot: Int,
        isByHand: Bool = false,
        exit: ExitReport? = nil,
        trouble: String? = nil
    ) -> Duration {
        let count = restarts[slot]?.count ?? 0
        let delay = isByHand ? RolloutPolicy.handStopHold : RolloutPolicy.backoff(count)
        restarts[slot] = Restart(
            count: isByHand ? count : count + 1,
            isWaiting: true,
            isByHand: isByHand,
            delay: delay,
            exit: exit,
            trouble: trouble
        )
        emit(.setTimer(.restart(slot: slot), delay))
        return delay
    }

    /// An instance that is created once it is its turn (`Rollout+Turns.swift`).
    mutating func create(_ deployment: Deployment, slot: Int) {
        // What a person stopped there isn't waited for any more.
        for kept in instances.values where kept.isKept && kept.id.slot == slot { instances[kept.id]?.isRetiring = true }
        let id = InstanceID(revision: deployment.revision, slot: slot, attempt: nextAttempt())
        instances[id] = Instance(id: id, definition: deployment.definition, phase: .queued)
    }

    /// A number that no instance has; after the last of them come the first again.
    mutating func nextAttempt() -> Int {
        let taken = Set(instances.keys.map(\.attempt))
        repeat {
            lastAttempt = lastAttempt < InstanceID.numbers.upperBound ? lastAttempt + 1 : InstanceID.numbers.lowerBound
        } while taken.contains(lastAttempt)
        return lastAttempt
    }

    // MARK: Leaving

    private mutating func finishStop() {
        guard case .stopping(let reason) = management, instances.isEmpty, !isReleasing else { return }
        if !claimed.isEmpty || !claiming.isEmpty { return }
        management = reason == .disabled ? .disabled : .unmanaged
        if reason == .withdrawn {
            current = nil
            kept = []
        }
        isHandStopped = false
        emit(.cancelTimer(.handStop))
        for slot in restarts.keys { emit(.cancelTimer(.restart(slot: slot))) }
        restarts = [:]
        tell(.serviceStopped)
    }
}
