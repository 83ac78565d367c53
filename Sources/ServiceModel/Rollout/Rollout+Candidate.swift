import Addresses

/// What the answers to the candidate's own commands mean: its addresses and its image.
extension Rollout {
    mutating func apply(_ event: CandidateEvent, to revision: Revision) {
        switch event {
        case .addressesClaimed(let addresses):
            claiming[revision] = nil
            claimed.formUnion(addresses)
            guard var candidate = candidate(revision, in: .claiming) else { return ignore() }
            emit(.cancelTimer(.claim(revision)))
            candidate.refusal = nil
            beginPull(candidate)
        case .claimFailed(let failure):
            claiming[revision] = nil
            guard var candidate = candidate(revision, in: .claiming) else { return ignore() }
            guard failure.isTransient else { return failCandidate(.address, failure.message) }
            let delay = RolloutPolicy.backoff(candidate.retries)
            let isNews = candidate.refusal != failure
            if candidate.refusal == nil {
                emit(.setTimer(.claim(revision), candidate.definition.progressDeadline))
                if pause != nil { emit(.pauseTimer(.claim(revision))) }
            }
            candidate.retries += 1
            candidate.refusal = failure
            candidate.waitsToClaim = true
            self.candidate = candidate
            emit(.setTimer(.claimRetry(revision), delay))
            if isNews { tell(.claimRetried(revision, failure, after: delay)) }
        case .pulled(let image):
            guard var candidate = candidate(revision, in: .pulling) else { return ignore() }
            emit(.cancelTimer(.pull(revision)))
            if pause == nil { emit(.setTimer(.progress(revision), candidate.definition.progressDeadline)) }
            noteImage(image, of: revision)
            candidate.retries = 0
            candidate.trouble = nil
            candidate.stage = candidate.definition.order == .stopFirst ? .clearing : .running
            self.candidate = candidate
        case .pullFailed(let failure):
            guard var candidate = candidate(revision, in: .pulling) else { return ignore() }
            guard failure.isTransient else { return failCandidate(.pull, failure.message) }
            let delay = RolloutPolicy.backoff(
                candidate.retries,
                base: .seconds(5),
                longest: RolloutPolicy.longestPullBackoff
            )
            candidate.retries += 1
            candidate.trouble = failure.message
            candidate.pullStep = .resting
            self.candidate = candidate
            // The time in which Docker is away doesn't count against the revision.
            if failure.isOutage { emit(.setTimer(.pull(revision), candidate.definition.pullDeadline + delay)) }
            emit(.setTimer(.pullRetry(revision), delay))
            tell(.pullRetried(revision, failure, after: delay))
        }
    }

    mutating func addressesChanged() {
        claimAgain()
        forgiveAddressWait()
    }

    mutating func claim(_ deployment: Deployment) {
        claiming[deployment.revision] = deployment.definition.addresses
        emit(.claimAddresses(deployment.revision, deployment.definition))
    }

    /// The image is pulled once it is the service's turn (`Rollout+Turns.swift`).
    private mutating func beginPull(_ candidate: Candidate) {
        var candidate = candidate
        candidate.stage = .pulling
        candidate.retries = 0
        candidate.trouble = nil
        candidate.pullStep = .inLine
        self.candidate = candidate
    }

    /// Asks again for addresses that were refused, unless that is under way.
    private mutating func claimAgain() {
        guard var candidate, candidate.stage == .claiming, candidate.waitsToClaim else { return }
        candidate.waitsToClaim = false
        self.candidate = candidate
        emit(.cancelTimer(.claimRetry(candidate.revision)))
        claim(candidate.deployment)
    }

    /// A revision that waited too long for its address isn't to blame for that: it is tried again when that may have changed.
    private mutating func forgiveAddressWait() {
        guard candidate == nil, let goal, failures[goal.revision]?.isAddressWait == true else { return }
        failures[goal.revision] = nil
        if case .failed = management { management = .managed }
    }

    func candidate(_ revision: Revision, in stage: Candidate.Stage) -> Candidate? {
        guard let candidate, candidate.revision == revision, candidate.stage == stage else { return nil }
        return candidate
    }

    // MARK: Timers

    mutating func timerFired(_ timer: RolloutTimer) {
        switch timer {
        case .document: if isAwaitingDocument { isDocumentOverdue = true }
        case .withdrawal: withdraw()
        case .handStop: if pause == nil { isHandStopped = false }
        case .restart(let slot):
            if pause == nil || restarts[slot]?.isByHand != true { restarts[slot]?.isWaiting = false }
        case .hold(let revision): holdEnded(revision)
        case .claimRetry(let revision):
            guard candidate(revision, in: .claiming) != nil else { return ignore() }
            claimAgain()
        case .claim(let revision):
            guard let candidate = candidate(revision, in: .claiming) else { return ignore() }
            failCandidate(
                .address,
                "its addresses could not be had within \(candidate.definition.progressDeadline.shortText) (progress_deadline): "
                    + "\(candidate.refusal?.message ?? "no answer"). It is tried again when addresses of this host, or of other "
                    + "services, change",
                isAddressWait: true
            )
        case .pullRetry(let revision):
            guard let candidate = candidate(revision, in: .pulling), candidate.pullStep == .resting else {
                return ignore()
            }
            self.candidate?.pullStep = .inLine
            emit(.pauseTimer(.pull(revision)))
        case .pull(let revision):
            guard let candidate = candidate(revision, in: .pulling) else { return ignore() }
            failCandidate(
                .pull,
                "the image \(candidate.definition.image) was not here after \(candidate.definition.pullDeadline.shortText) "
                    + "(pull_deadline): "
                    + (candidate.trouble ?? "look whether the registry answers, or raise the deadline")
            )
        case .progress(let revision):
            guard let candidate, candidate.revision == revision else { return ignore() }
            let probe = alive(revision).compactMap(\.lastProbe).first
            failCandidate(
                .progress,
                "it was not in service and stable after \(candidate.definition.progressDeadline.shortText) (progress_deadline)",
                lastProbe: probe
            )
        case .start(let id): startDeadlinePassed(id)
        case .healthy(let id): healthyDeadlinePassed(id)
        case .minHealthy(let id): minHealthyPassed(id)
        case .drain(let id): drainDeadlinePassed(id)
        case .retry(let id): repeatCommand(id)
        }
    }
}
