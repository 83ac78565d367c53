import Backoff

/// The answers to the candidate's own commands, for its addresses and its image.
extension Candidate {
    /// The outcome of an event, besides its actions.
    enum Outcome: Equatable {
        /// The event didn't fit the stage.
        case ignored
        case handled
        /// The image is on this host; nil when Docker doesn't say which image it is.
        case pulled(ImageID?)
        /// The revision has failed for good.
        case failed(RevisionFailure)
    }

    mutating func handle(_ event: CandidateEvent, isPaused: Bool, _ steps: inout Steps) -> Outcome {
        switch (event, stage) {
        case (.addressesClaimed, .claiming):
            steps.emit(.cancelTimer(.claim(revision)))
            // The image is pulled once it is the service's turn (`Rollout+Turns.swift`).
            stage = .pulling(Pulling())
            return .handled
        case (.claimFailed(let failure), .claiming(let claiming)):
            return claimFailed(failure, claiming, isPaused: isPaused, &steps)
        case (.pulled(let image), .pulling):
            steps.emit(.cancelTimer(.pull(revision)))
            if !isPaused { steps.emit(.setTimer(.progress(revision), definition.progressDeadline)) }
            stage = definition.order == .stopFirst ? .clearing : .running(isProgressHeld: false)
            return .pulled(image)
        case (.pullFailed(let failure), .pulling(let pulling)): return pullFailed(failure, pulling, &steps)
        case (.addressesClaimed, _), (.claimFailed, _), (.pulled, _), (.pullFailed, _): return .ignored
        }
    }

    private mutating func claimFailed(
        _ failure: Failure,
        _ claiming: Claiming,
        isPaused: Bool,
        _ steps: inout Steps
    ) -> Outcome {
        guard failure.isTransient else { return .failed(RevisionFailure(phase: .address, message: failure.message)) }
        var claiming = claiming
        let delay = RolloutPolicy.backoff.delay(claiming.retries)
        let isNews = claiming.refusal != failure
        if claiming.refusal == nil {
            steps.emit(.setTimer(.claim(revision), definition.progressDeadline))
            if isPaused { steps.emit(.pauseTimer(.claim(revision))) }
        }
        claiming.retries += 1
        claiming.refusal = failure
        claiming.isWaiting = true
        stage = .claiming(claiming)
        steps.emit(.setTimer(.claimRetry(revision), delay))
        if isNews { steps.tell(.claimRetried(revision, failure, after: delay)) }
        return .handled
    }

    private mutating func pullFailed(_ failure: Failure, _ pulling: Pulling, _ steps: inout Steps) -> Outcome {
        guard failure.isTransient else { return .failed(RevisionFailure(phase: .pull, message: failure.message)) }
        var pulling = pulling
        let delay = RolloutPolicy.pullBackoff.delay(pulling.retries)
        pulling.retries += 1
        pulling.trouble = failure.message
        pulling.step = .resting
        stage = .pulling(pulling)
        // Time in which Docker doesn't answer isn't counted against the revision.
        if failure.isOutage { steps.emit(.setTimer(.pull(revision), definition.pullDeadline + delay)) }
        steps.emit(.setTimer(.pullRetry(revision), delay))
        steps.tell(.pullRetried(revision, failure, after: delay))
        return .handled
    }

    // MARK: Turns

    /// Begins the pull in its turn: the command is given, and its deadline starts.
    mutating func beginPull(known: ImageID?, _ steps: inout Steps) -> Outcome {
        guard var pulling, pulling.step == .inLine else { return .ignored }
        pulling.step = .underWay
        stage = .pulling(pulling)
        // After a first attempt the deadline was paused.
        if pulling.retries > 0 {
            steps.emit(.resumeTimer(.pull(revision)))
        } else {
            steps.emit(.setTimer(.pull(revision), definition.pullDeadline))
        }
        steps.emit(.pull(revision, definition, known: known))
        return .handled
    }

    /// Pauses or resumes the progress deadline, which doesn't count time in which an instance waits for its turn.
    mutating func holdProgress(_ waits: Bool, _ steps: inout Steps) {
        guard case .running(let isHeld) = stage, isHeld != waits else { return }
        stage = .running(isProgressHeld: waits)
        steps.emit(waits ? .pauseTimer(.progress(revision)) : .resumeTimer(.progress(revision)))
    }

    // MARK: Timers

    /// Stands in line to pull again, with its deadline paused.
    mutating func standInLine(_ steps: inout Steps) -> Outcome {
        guard pulling?.step == .resting else { return .ignored }
        pulling?.step = .inLine
        steps.emit(.pauseTimer(.pull(revision)))
        return .handled
    }

    func claimDeadlinePassed() -> Outcome {
        guard let claiming else { return .ignored }
        var failure = RevisionFailure(
            phase: .address,
            message:
                "its addresses could not be claimed within \(definition.progressDeadline.shortText) (progress_deadline): "
                + "\(claiming.refusal?.message ?? "no answer"). It is tried again when addresses of this host, or of other "
                + "services, change"
        )
        failure.isAddressWait = true
        return .failed(failure)
    }

    func pullDeadlinePassed() -> Outcome {
        guard let pulling else { return .ignored }
        return .failed(
            RevisionFailure(
                phase: .pull,
                message:
                    "the image \(definition.image) was not on this host after \(definition.pullDeadline.shortText) "
                    + "(pull_deadline): "
                    + (pulling.trouble ?? "check whether the registry answers, or raise the deadline")
            )
        )
    }

    /// Fails the candidate after its deadline; `lastProbe` is the evidence of the last failed probe of one of its instances.
    func progressDeadlinePassed(lastProbe: String?) -> Outcome {
        .failed(
            RevisionFailure(
                phase: .progress,
                message:
                    "it was not in service and stable after \(definition.progressDeadline.shortText) (progress_deadline)",
                lastProbe: lastProbe
            )
        )
    }

    /// Fails a canary that was held for too long; the service's name is for the command in the message.
    func holdEnded(of service: ServiceID) -> Outcome {
        .failed(
            RevisionFailure(
                phase: .progress,
                message: "it was not promoted within \(RolloutPolicy.longestHold.shortText): "
                    + "`smctl promote \(service)` lets it take over, \"hold\" in \"canary\" does so by itself"
            )
        )
    }

    // MARK: Holding

    /// Holds the canary, whose one instance has settled: it waits for `hold` to pass, or for a person.
    mutating func hold(_ canary: Canary, _ steps: inout Steps) {
        guard stage.name == .running else { return }
        stage = .holding
        steps.emit(.cancelTimer(.progress(revision)))
        steps.emit(.setTimer(.hold(revision), canary.hold ?? RolloutPolicy.longestHold))
        steps.tell(.canaryHolds(revision, percent: canary.percent, promotedAfter: canary.hold))
    }

    /// Lets the canary take over.
    mutating func promoteCanary(_ steps: inout Steps) {
        guard stage == .holding else { return }
        stage = .running(isProgressHeld: false)
        steps.emit(.cancelTimer(.hold(revision)))
        steps.emit(.setTimer(.progress(revision), definition.progressDeadline))
    }

    // MARK: Pausing and leaving

    /// Pauses its deadlines, because a person has paused the service.
    func pause(_ steps: inout Steps) {
        steps.emit(.cancelTimer(.progress(revision)))
        steps.emit(.pauseTimer(.claim(revision)))
        steps.emit(.pauseTimer(.hold(revision)))
    }

    /// Resumes its deadlines after a pause.
    mutating func resume(_ steps: inout Steps) {
        steps.emit(.resumeTimer(.claim(revision)))
        steps.emit(.resumeTimer(.hold(revision)))
        switch stage {
        case .running:
            steps.emit(.setTimer(.progress(revision), definition.progressDeadline))
            stage = .running(isProgressHeld: false)
        case .clearing: steps.emit(.setTimer(.progress(revision), definition.progressDeadline))
        case .claiming, .pulling, .holding: break
        }
    }

    /// Cancels everything that it waits for.
    func cancel(_ steps: inout Steps) {
        switch stage {
        case .claiming:
            steps.emit(.cancelTimer(.claimRetry(revision)))
            steps.emit(.cancelTimer(.claim(revision)))
        case .pulling:
            steps.emit(.cancelPull(revision))
            steps.emit(.cancelTimer(.pull(revision)))
            steps.emit(.cancelTimer(.pullRetry(revision)))
        case .clearing, .running: steps.emit(.cancelTimer(.progress(revision)))
        case .holding: steps.emit(.cancelTimer(.hold(revision)))
        }
    }
}
