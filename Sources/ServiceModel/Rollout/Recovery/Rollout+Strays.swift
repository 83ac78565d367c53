/// Containers that were made for this service, but belong to no instance.
extension Rollout {
    /// Handles a container of ours that belongs to no instance: it leaves like an instance that isn't needed any more.
    ///
    /// An instance is identified by its container's id, so a second container with its labels is a stray. A daemon that died
    /// may have given it traffic, so it is drained before it is stopped.
    mutating func strayFound(_ observed: ObservedContainer) {
        guard instance(of: observed.container) == nil else { return ignore() }
        var id = observed.instance
        if instances[id] != nil {
            id = InstanceID(revision: id.revision, slot: id.slot, attempt: nextAttempt())
        } else {
            slots.lastAttempt = max(slots.lastAttempt, id.attempt)
        }
        let definition = effective(Deployment(revision: id.revision, definition: observed.definition)).definition
        var instance = Instance(id: id, definition: definition, state: .removing(.removed))
        instance.container = observed.container
        instance.isRetiring = true
        switch observed.state {
        case .created, .exited: break
        case .unreachable: instance.enter(.stopping)
        case .running(let endpoint, let other):
            instance.endpoints = Instance.Endpoints(endpoint, other: other)
            // It is never drained from virtual services that aren't ours.
            if claimed.isSuperset(of: definition.addresses) { instance.destination = Instance.Destination() }
            instance.enter(instance.hasDestination ? .draining : .stopping)
            if instance.hasDestination { emit(.setTimer(.drain(id), definition.drainTimeout)) }
        }
        instances[id] = instance
        tell(.strayFound(id, observed.container))
        issueCommand(of: instance)
    }

    /// The instance that a container is; nil for one that isn't the service's.
    func instance(of container: ContainerID) -> Instance? {
        instances.values.first { $0.container == container }
    }
}
