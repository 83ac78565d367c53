/// Routes the candidate's events and timers, and acts on their outcome.
extension Rollout {
    mutating func apply(_ event: CandidateEvent, to revision: Revision) {
        switch event {
        case .addressesClaimed(let addresses): claims.answered(addresses, of: revision)
        case .claimFailed: claims.answered(of: revision)
        case .pulled, .pullFailed: break
        }
        guard candidate?.revision == revision else { return ignore() }
        let isPaused = pause != nil
        route(candidate?.handle(event, isPaused: isPaused, &steps))
    }

    mutating func candidateTimerFired(_ timer: RolloutTimer, _ revision: Revision) {
        guard let candidate, candidate.revision == revision else { return ignore() }
        switch timer {
        case .claimRetry: candidate.claiming == nil ? ignore() : claimAgain()
        case .claim: route(candidate.claimDeadlinePassed())
        case .pullRetry: route(self.candidate?.standInLine(&steps))
        case .pull: route(candidate.pullDeadlinePassed())
        case .progress:
            route(candidate.progressDeadlinePassed(lastProbe: alive(revision).compactMap(\.lastProbe).first))
        case .hold:
            guard candidate.stage == .holding, let canary = candidate.definition.canary else { return ignore() }
            if canary.hold == nil { route(candidate.holdEnded(of: service)) } else { promoteCanary() }
        case .document, .withdrawal, .handStop, .restart, .start, .healthy, .minHealthy, .drain, .retry: ignore()
        }
    }

    /// Begins the candidate's pull in its turn.
    mutating func beginPull(_ revision: Revision) {
        guard candidate?.revision == revision else { return ignore() }
        let known = images[revision]
        route(candidate?.beginPull(known: known, &steps))
    }

    private mutating func route(_ outcome: Candidate.Outcome?) {
        switch outcome {
        case nil, .ignored: ignore()
        case .handled: break
        case .pulled(let image): if let candidate { revisions.images.note(image, of: candidate.revision) }
        case .failed(let failure): failCandidate(failure)
        }
    }

    // MARK: Addresses

    mutating func addressesChanged() {
        if candidate?.claiming != nil { claimAgain() }
        forgiveAddressWait()
    }

    mutating func claim(_ deployment: Deployment) {
        claims.pending[deployment.revision] = deployment.definition.addresses
        emit(.claimAddresses(deployment.revision, deployment.definition))
    }

    /// Claims refused addresses again, unless a claim is under way.
    private mutating func claimAgain() {
        guard let candidate, candidate.claiming?.isWaiting == true else { return }
        self.candidate?.claiming?.isWaiting = false
        emit(.cancelTimer(.claimRetry(candidate.revision)))
        claim(candidate.deployment)
    }

    /// Forgets the failure of a revision that waited too long for its address, so that it is tried again when addresses change.
    private mutating func forgiveAddressWait() {
        guard candidate == nil, let goal, failures[goal.revision]?.isAddressWait == true else { return }
        revisions.failures.forget(goal.revision)
        if case .failed = management { management = .managed }
    }
}
