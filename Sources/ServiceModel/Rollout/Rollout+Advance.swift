import Addresses

/// The only place that decides what follows from the state.
extension Rollout {
    mutating func advance() {
        switch management {
        case .managed:
            chooseCandidate()
            advanceCandidate()
            maintainCurrent()
            retireOthers()
        case .failed:
            retireAll()
        case .unmanaged, .stopping:
            cancelCandidate()
            retireAll()
        }
        for id in instances.keys.sorted() { advanceInstance(id) }
        finishStop()
        releaseUnusedAddresses()
    }

    // MARK: Candidate

    private mutating func chooseCandidate() {
        guard let target, !isWithdrawing, candidate?.revision != target.revision else { return }
        if let candidate {
            tell(.rolloutSuperseded(candidate.revision, by: target.revision))
            cancelCandidate()
            keepServing(candidate)
        }
        guard current?.revision != target.revision, failures[target.revision] == nil else { return }
        let deployment = effective(target)
        candidate = Candidate(deployment: deployment, stage: .claiming)
        tell(.rolloutBegan(target.revision, from: current?.revision))
        guard !deployment.definition.addresses.isEmpty else {
            return failCandidate(
                .address,
                "neither the document nor the unit names a service address: "
                    + "add \"address\": \"ADDRESS:PORT\" to the document, or pass it to launch in the unit's ExecStart"
            )
        }
        emit(.claimAddresses(target.revision, deployment.definition))
    }

    /// A superseded candidate that is all that serves is kept until its successor is in service.
    private mutating func keepServing(_ candidate: Candidate) {
        let revisions = Set(serving.map(\.id.revision))
        guard revisions == [candidate.revision] else { return }
        current = candidate.deployment
        restarts = [:]
    }

    private mutating func advanceCandidate() {
        guard var candidate else { return }
        if candidate.stage == .clearing {
            if let current {
                for id in instances.keys where id.revision == current.revision { instances[id]?.isRetiring = true }
                guard alive(current.revision).isEmpty else { return }
            }
            candidate.stage = .running
            self.candidate = candidate
        }
        guard candidate.stage == .running else { return }
        let running = alive(candidate.revision).filter { !$0.isRetiring }
        if running.count == candidate.definition.replicas, running.allSatisfy({ $0.isServing && $0.isSettled }) {
            return promote(candidate)
        }
        let arriving = running.filter { !$0.isServing }.count
        let taken = Set(running.map(\.id.slot))
        let free = (1...candidate.definition.replicas).filter { !taken.contains($0) }
        for slot in free.prefix(max(0, candidate.definition.parallelism - arriving)) {
            create(candidate.deployment, slot: slot)
        }
    }

    private mutating func promote(_ candidate: Candidate) {
        emit(.cancelTimer(.progress(candidate.revision)))
        self.candidate = nil
        current = candidate.deployment
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
        case .claiming: emit(.cancelTimer(.claimRetry(candidate.revision)))
        case .pulling:
            emit(.cancelPull(candidate.revision))
            emit(.cancelTimer(.pull(candidate.revision)))
            emit(.cancelTimer(.pullRetry(candidate.revision)))
        case .clearing, .running: emit(.cancelTimer(.progress(candidate.revision)))
        }
        self.candidate = nil
    }

    /// Records why the candidate failed, and lets go of it.
    ///
    /// What is current was never touched, and stays.
    mutating func failCandidate(
        _ phase: RolloutPhase,
        _ message: String,
        lastProbe: String? = nil,
        exit: ExitReport? = nil
    ) {
        guard let candidate else { return }
        let failure = RevisionFailure(phase: phase, message: message, lastProbe: lastProbe, exit: exit)
        failures[candidate.revision] = failure
        cancelCandidate()
        if current == nil, let fallback {
            current = fallback
            self.fallback = nil
        }
        if current == nil { management = .failed(candidate.revision) }
        tell(.rolloutFailed(candidate.revision, failure, kept: current?.revision))
    }

    // MARK: Current

    private mutating func maintainCurrent() {
        guard let current, !isHandStopped, current.revision != candidate?.revision else { return }
        if let candidate, candidate.definition.order == .stopFirst,
            candidate.stage == .clearing || candidate.stage == .running
        {
            return
        }
        let taken = Set(alive(current.revision).filter { !$0.isRetiring }.map(\.id.slot))
        for slot in 1...current.definition.replicas where !taken.contains(slot) && restarts[slot]?.isWaiting != true {
            create(current, slot: slot)
        }
    }

    /// A slot of the current revision has ended by itself: it is started again after a pause that doubles.
    mutating func scheduleRestart(slot: Int) -> Duration {
        let count = restarts[slot]?.count ?? 0
        let delay = RolloutPolicy.backoff(count)
        restarts[slot] = Restart(count: count + 1, isWaiting: true)
        emit(.setTimer(.restart(slot: slot), delay))
        return delay
    }

    private mutating func create(_ deployment: Deployment, slot: Int) {
        lastAttempt += 1
        let id = InstanceID(revision: deployment.revision, slot: slot, attempt: lastAttempt)
        instances[id] = Instance(id: id, definition: deployment.definition, phase: .creating)
        emit(.setTimer(.start(id), deployment.definition.startDeadline))
        emit(.create(id, deployment.definition))
    }

    // MARK: Leaving

    /// Whatever is neither current nor candidate leaves; but the last that serves stays until something else does.
    private mutating func retireOthers() {
        func isWanted(_ id: InstanceID) -> Bool {
            id.revision == current?.revision || id.revision == candidate?.revision
        }
        let serving = serving.filter { !$0.isRetiring }
        let isServed = serving.contains { isWanted($0.id) }
        let last = isServed ? nil : serving.last { !isWanted($0.id) }
        for id in instances.keys where !isWanted(id) && id != last?.id { instances[id]?.isRetiring = true }
    }

    private mutating func retireAll() {
        for id in instances.keys { instances[id]?.isRetiring = true }
    }

    private mutating func finishStop() {
        guard case .stopping(let reason) = management, instances.isEmpty, !isReleasing else { return }
        if !claimed.isEmpty { return }
        management = .unmanaged
        if reason == .withdrawn { current = nil }
        isHandStopped = false
        emit(.cancelTimer(.handStop))
        for slot in restarts.keys { emit(.cancelTimer(.restart(slot: slot))) }
        restarts = [:]
        tell(.serviceStopped)
    }

    /// Virtual services go when nothing is in them and nothing will be: with the service, or after a change of address.
    private mutating func releaseUnusedAddresses() {
        guard !isReleasing else { return }
        var wanted: Set<ServiceAddress> = []
        for instance in instances.values { wanted.formUnion(instance.definition.addresses) }
        if case .managed = management {
            if let current { wanted.formUnion(effective(current).definition.addresses) }
            if let candidate { wanted.formUnion(candidate.definition.addresses) }
            if current == nil, candidate == nil { wanted.formUnion(claimed) }
        }
        let unused = claimed.subtracting(wanted)
        guard !unused.isEmpty else { return }
        isReleasing = true
        emit(.releaseAddresses(unused.sorted()))
    }
}
