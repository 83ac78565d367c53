import Addresses

/// What Docker reports about containers. Labels lead to a service. The id decides which instance a container is.
extension Rollout {
    mutating func containerChanged(_ container: ContainerID, _ change: ContainerChange) {
        // A container that isn't ours may have copies of our labels.
        guard let id = instance(of: container)?.id else { return }
        switch change {
        case .ended(nil): processEnded(id)
        case .ended(let report?): ended(id, report)
        case .restarted(let endpoint, let other): restarted(id, Instance.Endpoints(endpoint, other: other))
        case .vanished: vanished(id)
        case .disconnected: disconnected(id)
        case .suspended(let isSuspended): suspended(id, isSuspended)
        }
    }

    private mutating func vanished(_ id: InstanceID) {
        guard let instance = instances[id], instance.isKept else { return ended(id, nil) }
        // A person has removed the stopped container. If its destination still exists, that is deleted first.
        emit(.cancelTimer(.retry(id)))
        instances[id]?.afterEnd(.removed)
        instances[id]?.container = nil
        if instance.phase == .removing { forget(id) }
    }

    /// Handles a container that somebody started again: it is probed like a new one, and gets its place back.
    private mutating func restarted(_ id: InstanceID, _ endpoints: Instance.Endpoints) {
        guard let instance = instances[id] else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected, .draining:
            // Its end wasn't noticed. Its address may belong to another container by now, so its destination is deleted at
            // once.
            guard endpoints.first != instance.endpoint else { return }
            cancelTimers(of: instance)
            if instance.hasDestination { emit(.purge(instance.destinations.mapValues { [$0] })) }
            instances[id]?.destination = nil
            if instance.isRetiring { beginStop(id) } else { serveAgain(id, endpoints) }
        case .detaching where instance.isKept && !instance.isRetiring: instances[id]?.afterEnd(.startedAgain(endpoints))
        case .removing where instance.isKept && !instance.isRetiring: serveAgain(id, endpoints)
        case .queued, .creating, .starting, .stopping, .detaching, .removing: ignore()
        }
    }

    /// Probes the instance, which returns to service once it is healthy.
    mutating func serveAgain(_ id: InstanceID, _ endpoints: Instance.Endpoints) {
        guard var instance = instances[id], let container = instance.container else { return }
        emit(.cancelTimer(.retry(id)))
        instance.endpoints = endpoints
        instance.enter(.probing)
        instance.health = nil
        instance.process = .running
        instances[id] = instance
        if id.revision == current?.revision, restarts[id.slot]?.isByHand == true {
            emit(.cancelTimer(.restart(slot: id.slot)))
            slots.endWait(id.slot)
            if restarts[id.slot]?.count == 0 { slots.restarts[id.slot] = nil }
        }
        emit(.setTimer(.healthy(id), instance.definition.healthyDeadline))
        probe(instance, .startup)
        tell(.instanceRestarted(id, container, endpoints.first))
    }
}
