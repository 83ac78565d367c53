import Addresses

/// What Docker tells of containers. Labels lead it to a service; which instance a container is, its id says.
extension Rollout {
    mutating func containerChanged(_ container: ContainerID, _ change: ContainerChange) {
        // A container of somebody else's may have copies of our labels.
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
        // What was stopped is removed by hand now; where its destination is still there, that goes first.
        emit(.cancelTimer(.retry(id)))
        instances[id]?.afterEnd(.removed)
        instances[id]?.container = nil
        if instance.phase == .removing { forget(id) }
    }

    /// Somebody started the container again: it is looked at as a new one is, and gets its place back.
    private mutating func restarted(_ id: InstanceID, _ endpoints: Instance.Endpoints) {
        guard let instance = instances[id] else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected, .draining:
            // Its end went unseen. Its address may be another's by now, so its destination goes at once.
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

    /// It is probed, and in service again once it is healthy.
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
