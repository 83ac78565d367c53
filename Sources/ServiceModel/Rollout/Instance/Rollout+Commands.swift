import Addresses
import Backoff

/// The steps that an instance takes by itself, and the command of each phase.
extension Rollout {
    /// The step that follows from an instance's state, without waiting for anything.
    mutating func advanceInstance(_ id: InstanceID) {
        // The consequences of a process's end are decided when it is known how it ended.
        guard let instance = instances[id], !instance.isAlive || !instance.processHasEnded else { return }
        switch instance.phase {
        case .probing:
            if instance.isRetiring {
                emit(.cancelTimer(.healthy(id)))
                emit(.stopProbing(id))
                beginStop(id)
            } else if instance.health == .passing {
                enter(.attaching(isGivenUp: false), id)
            }
        case .serving:
            if instance.isRetiring {
                beginDrain(id)
            } else if instance.isHandDrained {
                emit(.cancelTimer(.minHealthy(id)))
                enter(.ejected, id)
            } else if case .failing = instance.health, servesWithout(id) {
                emit(.cancelTimer(.minHealthy(id)))
                enter(.ejected, id)
            } else if instance.weight != wantedWeight(of: instance) {
                issueCommand(of: instance)
            }
        case .ejected:
            if instance.isRetiring {
                beginDrain(id)
            } else if instance.health == .passing, !instance.isHandDrained {
                tell(.instanceHealthyAgain(id))
                enter(.attaching(isGivenUp: false), id)
            }
        case .queued: if instance.isRetiring { instances[id] = nil }
        case .creating, .starting:
            // No command is under way that must be awaited.
            if instance.isRetiring, instance.command.awaitsRetry { emit(.setTimer(.retry(id), .zero)) }
        case .removing:
            if instance.isKept, instance.isRetiring {
                instances[id]?.afterEnd(.removed)
                emit(.cancelTimer(.retry(id)))
                issueCommand(of: instance)
            }
        case .attaching: if instance.state == .attaching(isGivenUp: true) { beginDrain(id) }
        case .draining, .stopping, .detaching: break
        }
    }

    /// Whether an instance other than this one keeps serving.
    func servesWithout(_ id: InstanceID) -> Bool {
        serving.contains { $0.id != id && !$0.isHandDrained && !$0.isRetiring }
    }

    private mutating func beginDrain(_ id: InstanceID) {
        guard let instance = instances[id], let endpoint = instance.endpoint else { return }
        emit(.cancelTimer(.minHealthy(id)))
        emit(.stopProbing(id))
        emit(.setTimer(.drain(id), instance.definition.drainTimeout))
        enter(.draining, id)
        tell(.instanceDraining(id, endpoint))
    }

    mutating func beginStop(_ id: InstanceID) {
        enter(.stopping, id)
    }

    /// Enters the state and gives its command.
    private mutating func enter(_ state: Instance.State, _ id: InstanceID) {
        guard var instance = instances[id] else { return }
        emit(.cancelTimer(.retry(id)))
        instance.enter(state)
        if instance.phase == .attaching, !instance.hasDestination { instance.destination = Instance.Destination() }
        instances[id] = instance
        issueCommand(of: instance)
    }

    /// Gives the command that an instance's phase waits for.
    mutating func issueCommand(of instance: Instance) {
        let id = instance.id
        let definition = instance.definition
        switch instance.phase {
        case .attaching:
            let weight = wantedWeight(of: instance)
            instances[id]?.destination?.weight = weight
            emit(.attach(id, instance.destinations, weight: weight, definition))
        case .serving:
            let weight = wantedWeight(of: instance)
            instances[id]?.destination?.weight = weight
            emit(.setWeight(id, instance.destinations, weight: weight, definition))
        case .ejected:
            instances[id]?.destination?.weight = 0
            emit(.setWeight(id, instance.destinations, weight: 0, definition))
        case .draining:
            instances[id]?.destination?.weight = 0
            emit(.drain(id, instance.destinations, definition))
        case .stopping:
            guard let container = instance.container else { return }
            emit(.stop(id, container, definition))
        case .detaching: emit(.detach(id, instance.destinations, definition))
        case .removing:
            guard let container = instance.container else { return }
            emit(.remove(id, container))
        case .creating: emit(.create(id, definition, images[id.revision]))
        case .starting:
            guard let container = instance.container else { return }
            emit(.start(id, container, definition))
        case .queued, .probing: break
        }
    }

    /// Repeats a failed command after a pause that doubles, for as long as its phase lasts.
    mutating func commandFailed(_ id: InstanceID, in phases: Set<Instance.Phase>, _ failure: Failure) {
        guard var instance = instances[id], phases.contains(instance.phase) else { return ignore() }
        if instance.phase == .attaching, !failure.isTransient, id.revision == candidate?.revision, !instance.isRetiring
        {
            failCandidate(RevisionFailure(phase: .address, message: failure.message))
        }
        let isLeaving = instance.isRetiring || (id.revision != candidate?.revision && id.revision != current?.revision)
        if instance.phase == .attaching, isLeaving {
            // Draining sets the weight of its destination to 0, if the destination exists.
            instances[id]?.isRetiring = true
            instances[id]?.enter(.attaching(isGivenUp: true))
            return
        }
        let delay = RolloutPolicy.backoff.delay(instance.command.retries)
        instance.command.retries += 1
        instances[id] = instance
        emit(.setTimer(.retry(id), delay))
        tell(.commandRetried(id, instance.phase, failure, after: delay))
    }

    mutating func repeatCommand(_ id: InstanceID) {
        guard let instance = instances[id] else { return ignore() }
        // The destination of a process that has ended must not be added.
        let isForDestination = instance.isAlive && instance.phase != .stopping
        if isForDestination, instance.processHasEnded { return ignore() }
        let isStarting = instance.phase == .creating || instance.phase == .starting
        guard !isStarting || instance.command.awaitsRetry else { return ignore() }
        instances[id]?.command.awaitsRetry = false
        switch instance.phase {
        // A container that a person stopped during a pause waits for the end of the pause.
        case .removing where instance.isKept && pause != nil: break
        case .removing where instance.isKept:
            instances[id]?.afterEnd(.removed)
            issueCommand(of: instance)
        case .attaching where instance.isRetiring: instances[id]?.enter(.attaching(isGivenUp: true))
        case .creating where instance.isRetiring:
            // If Docker created the container without answering, it is found as a stray.
            cancelTimers(of: instance)
            instances[id] = nil
        case .starting where instance.isRetiring:
            // Docker may have started the container without answering.
            cancelTimers(of: instance)
            beginStop(id)
        case .queued, .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping, .detaching,
            .removing:
            issueCommand(of: instance)
        }
    }

    mutating func probe(_ instance: Instance, _ cadence: ProbeCadence) {
        guard let container = instance.container, let endpoint = instance.endpoint else { return }
        emit(
            .probe(
                instance.id,
                container,
                endpoint,
                instance.definition.effectiveHealthCheck,
                cadence: cadence,
                assumed: instance.health
            )
        )
    }

    /// Cancels all timers of an instance.
    mutating func cancelTimers(of instance: Instance) {
        let id = instance.id
        emit(.cancelTimer(.retry(id)))
        switch instance.phase {
        case .creating, .starting: emit(.cancelTimer(.start(id)))
        case .probing, .attaching:
            emit(.cancelTimer(.healthy(id)))
            emit(.stopProbing(id))
        case .serving, .ejected:
            emit(.cancelTimer(.minHealthy(id)))
            emit(.stopProbing(id))
        case .draining: emit(.cancelTimer(.drain(id)))
        case .queued, .stopping, .detaching, .removing: break
        }
    }
}
