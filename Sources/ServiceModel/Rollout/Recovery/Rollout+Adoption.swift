package import Addresses

/// A container that somebody else made, and that serves the addresses of a service of ours.
package struct AdoptedContainer: Equatable, Sendable {
    package var container: ContainerID
    package var endpoint: Endpoint
    /// The revision that it is adopted as: the wanted one.
    package var revision: Revision
    /// The addresses at which it is the only destination, with this weight.
    package var addresses: [ServiceAddress]
    package var weight: Int
    package var image: ImageID

    package init(
        container: ContainerID,
        endpoint: Endpoint,
        revision: Revision,
        addresses: [ServiceAddress],
        weight: Int,
        image: ImageID
    ) {
        self.container = container
        self.endpoint = endpoint
        self.revision = revision
        self.addresses = addresses
        self.weight = weight
        self.image = image
    }
}

extension Rollout {
    /// Takes over the container that already serves a service, without touching the container or the kernel's table.
    ///
    /// It becomes the current revision's first instance. Docker can't label a running container, so only the record names it.
    mutating func adopt(_ adopted: AdoptedContainer) {
        guard let goal = try? adoptable(), goal.revision == adopted.revision else { return ignore() }
        cancelCandidate()
        if effective(goal).definition.addresses != adopted.addresses { units.addresses = adopted.addresses }
        let deployment = effective(goal)
        management = .managed
        revisions.promote(deployment)
        revisions.failures.forget(goal.revision)
        revisions.images.note(adopted.image, of: goal.revision)
        slots.restarts = [:]
        claims.held.formUnion(adopted.addresses)
        let id = InstanceID(revision: goal.revision, slot: 1, attempt: nextAttempt())
        var instance = Instance(id: id, definition: deployment.definition, state: .serving)
        instance.container = adopted.container
        instance.endpoints = Instance.Endpoints(adopted.endpoint)
        instance.destination = Instance.Destination(weight: adopted.weight, isSettled: true)
        instance.health = .passing
        instance.isAdopted = true
        instances[id] = instance
        probe(instance, .steady)
        tell(.instanceAdopted(id, adopted.container, adopted.endpoint))
    }
}
