/// Containers of this service that it doesn't know.
extension Rollout {
    /// A container of ours that is none of the instances leaves, as one does that isn't needed any more.
    ///
    /// An instance is its container: one that has a known instance's labels is another one.
    /// It may have been given traffic by a daemon that died right then: so it is drained before it is stopped.
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
            // Virtual services that aren't ours are none of its business.
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
