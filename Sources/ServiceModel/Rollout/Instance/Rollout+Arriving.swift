import Addresses
import Backoff

/// From the order to create an instance until it is healthy.
extension Rollout {
    mutating func created(_ id: InstanceID, _ container: ContainerID) {
        guard var instance = instances[id], instance.phase == .creating else { return ignore() }
        instance.container = container
        if instance.isRetiring {
            emit(.cancelTimer(.start(id)))
            instance.enter(.removing(.removed))
            emit(.remove(id, container))
        } else {
            instance.enter(.starting)
            emit(.start(id, container, instance.definition))
        }
        instances[id] = instance
    }

    mutating func createFailed(_ id: InstanceID, _ failure: Failure) {
        guard let instance = instances[id], instance.phase == .creating, !instance.command.awaitsRetry else {
            return ignore()
        }
        if isRepeated(instance, failure) { return repeatLater(instance, failure) }
        emit(.cancelTimer(.start(id)))
        startingFailed(id, .create, failure)
        instances[id] = nil
    }

    mutating func started(_ id: InstanceID, _ endpoint: Endpoint, _ other: Endpoint?) {
        guard var instance = instances[id], instance.phase == .starting, let container = instance.container else {
            return ignore()
        }
        emit(.cancelTimer(.start(id)))
        instance.endpoints = Instance.Endpoints(endpoint, other: other)
        instance.enter(.probing)
        instances[id] = instance
        guard !instance.isRetiring else { return }
        emit(.setTimer(.healthy(id), instance.definition.healthyDeadline))
        probe(instance, .startup)
        tell(.instanceStarted(id, container, endpoint))
    }

    mutating func startFailed(_ id: InstanceID, _ failure: Failure) {
        guard var instance = instances[id], instance.phase == .starting, !instance.command.awaitsRetry,
            let container = instance.container
        else {
            return ignore()
        }
        if isRepeated(instance, failure) { return repeatLater(instance, failure) }
        emit(.cancelTimer(.start(id)))
        startingFailed(id, .start, failure)
        instance.enter(.removing(.removed))
        instances[id] = instance
        emit(.remove(id, container))
    }

    /// Whether a failed command is repeated: a failure that may pass isn't the revision's fault.
    ///
    /// A slot of the current revision is tried again in any case.
    private func isRepeated(_ instance: Instance, _ failure: Failure) -> Bool {
        failure.isTransient && !instance.isRetiring && instance.id.revision == candidate?.revision
    }

    private mutating func repeatLater(_ instance: Instance, _ failure: Failure) {
        var instance = instance
        let id = instance.id
        let delay = RolloutPolicy.backoff.delay(instance.command.retries)
        instance.command.retries += 1
        instance.command.awaitsRetry = true
        instance.command.trouble = failure.message
        instances[id] = instance
        if failure.isOutage {
            // Time in which Docker doesn't answer isn't counted against the revision.
            emit(.setTimer(.start(id), instance.definition.startDeadline + delay))
            if pause == nil { emit(.setTimer(.progress(id.revision), instance.definition.progressDeadline + delay)) }
        }
        emit(.setTimer(.retry(id), delay))
        tell(.commandRetried(id, instance.phase, failure, after: delay))
    }

    /// Handles an instance that couldn't be started: its rollout fails, or its slot is tried again later.
    private mutating func startingFailed(_ id: InstanceID, _ phase: RolloutPhase, _ failure: Failure) {
        guard instances[id]?.isRetiring == false else { return }
        if id.revision == candidate?.revision {
            failCandidate(RevisionFailure(phase: phase, message: failure.message))
        } else if id.revision == current?.revision {
            let delay = scheduleRestart(slot: id.slot, trouble: failure.message)
            tell(.commandRetried(id, phase == .create ? .creating : .starting, failure, after: delay))
        }
    }

    mutating func startDeadlinePassed(_ id: InstanceID) {
        guard let instance = instances[id], instance.phase == .creating || instance.phase == .starting else {
            return ignore()
        }
        let failure = Failure(
            "its container was not started after \(instance.definition.startDeadline.shortText) (start_deadline): "
                + (instance.command.trouble ?? "see `journalctl -u docker`")
        )
        startingFailed(id, instance.phase == .creating ? .create : .start, failure)
        instances[id]?.isRetiring = true
    }

    mutating func healthyDeadlinePassed(_ id: InstanceID) {
        guard let instance = instances[id], instance.phase == .probing || instance.phase == .attaching else {
            return ignore()
        }
        guard !instance.isRetiring else { return }
        if id.revision == candidate?.revision {
            failCandidate(
                RevisionFailure(
                    phase: .healthy,
                    message:
                        "it was not healthy after \(instance.definition.healthyDeadline.shortText) (healthy_deadline): "
                        + "\(instance.lastProbe ?? "no probe was answered")",
                    lastProbe: instance.lastProbe
                )
            )
        } else if id.revision == current?.revision {
            let delay = scheduleRestart(
                slot: id.slot,
                trouble: "not healthy: \(instance.lastProbe ?? "no probe was answered")"
            )
            let failure = Failure("not healthy: \(instance.lastProbe ?? "no probe was answered")", isTransient: true)
            tell(.commandRetried(id, .probing, failure, after: delay))
        }
        instances[id]?.isRetiring = true
    }
}
