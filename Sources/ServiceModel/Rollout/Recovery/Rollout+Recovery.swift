import Addresses

extension Rollout {
    /// Rebuilds a service from its record and from what was found on the host, and returns what to do.
    ///
    /// If nothing differs, the actions only watch: nothing is written to the kernel, and no container is touched.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - record: The service's record; nil when there is none, or it couldn't be read.
    ///   - definitions: The accepted definitions of the revisions that the record names.
    ///   - observation: What was found on the host.
    /// - Returns: The rollout, and the first actions.
    package static func recovered(
        _ service: ServiceID,
        record: RolloutRecord?,
        definitions: [Revision: ServiceDefinition],
        observation: Observation
    ) -> (rollout: Rollout, actions: [RolloutAction]) {
        var rollout = Rollout(service: service)
        rollout.restore(record, definitions, observation)
        // A paused rollout stays where it was.
        if rollout.pause != nil, let goal = rollout.goal, record?.candidate == goal.revision {
            rollout.chooseCandidate()
        }
        // Of two containers with the labels of one instance, the recorded one is the instance.
        let recorded = Set((record?.containers ?? []).map { ContainerID($0.container) })
        func rank(_ observed: ObservedContainer) -> (Int, Int) {
            (observed.instance.attempt, recorded.contains(observed.container) ? 0 : 1)
        }
        for observed in observation.containers.sorted(by: { rank($0) < rank($1) })
        where rollout.instances[observed.instance] == nil {
            rollout.adopt(observed, destinations: observation.destinations, record)
        }
        for observed in observation.containers where rollout.instance(of: observed.container) == nil {
            rollout.strayFound(observed)
        }
        rollout.settleDoubles()
        if let record { rollout.restoreStopsByHand(record) }
        rollout.purge(observation)
        if rollout.document.isWithdrawing { rollout.emit(.setTimer(.withdrawal, RolloutPolicy.withdrawalGrace)) }
        rollout.advance()
        let actions = rollout.steps.take()
        return (rollout, actions)
    }

    private mutating func restore(
        _ record: RolloutRecord?,
        _ definitions: [Revision: ServiceDefinition],
        _ observation: Observation
    ) {
        let attempts = [record?.lastAttempt ?? 0] + observation.containers.map(\.instance.attempt)
        slots.lastAttempt = attempts.filter { InstanceID.numbers.contains($0) }.max() ?? 0
        // A virtual service that is missing because of a boot is created when it is needed again.
        let recorded = observation.isFirstOfBoot ? [] : record?.claimed ?? []
        claims.held = Set(recorded).union(observation.destinations.keys)
        guard let record else { return restoreWithoutRecord(observation) }
        func deployment(_ revision: Revision?) -> Deployment? {
            guard let revision, let definition = definitions[revision] else { return nil }
            return Deployment(revision: revision, definition: definition)
        }
        management = record.stopping.map { .stopping($0) } ?? (record.isManaged ? .managed : .unmanaged)
        units.addresses = record.unitAddresses
        units.manager = record.manager ?? .awaited
        revisions.checkedByPort = Set(record.checkedByPort ?? [])
        revisions.target = deployment(record.target)
        revisions.current = deployment(record.current).map { effective($0) }
        revisions.unchanged = record.unchanged
        if let target, target.revision == record.unchanged {
            let definition = effective(target).definition
            revisions.current?.definition = definition
        }
        orders.promoted = record.promoted
        revisions.pin = deployment(record.pin).map {
            Pin(deployment: $0, note: record.pinNote ?? OperatorNote(by: "unknown"))
        }
        orders.pause = record.pause
        revisions.kept = record.kept ?? [record.current].compactMap(\.self)
        for entry in record.images ?? [] {
            let image = ImageID(entry.image.rawValue, digest: entry.digest, pulled: entry.pulled)
            revisions.images.note(image, of: entry.revision)
        }
        revisions.fallback = deployment(record.fallback)
        document.rejection = record.rejection
        document.isWithdrawing = record.isWithdrawing
        for entry in record.failures {
            var failure = entry.failure
            failure.lastLog = RevisionFailure.lastLines(of: failure.lastLog)
            revisions.failures.remember(failure, of: entry.revision)
        }
        revisions.failures.forgetOld(except: neededRevisions)
        if case .managed = management, current == nil, let goal, failures[goal.revision] != nil {
            management = .failed(goal.revision)
        }
    }

    /// Restores a service without a record: the newest revision that has traffic is assumed to be the current one.
    private mutating func restoreWithoutRecord(_ observation: Observation) {
        let running = observation.containers.filter { !$0.endpoints.isEmpty }
        guard !running.isEmpty else { return }
        management = .managed
        // If the documents name no address, the unit did: it named the addresses that the containers' traffic comes from.
        if running.allSatisfy({ $0.definition.addresses.isEmpty }), !observation.destinations.isEmpty {
            units.addresses = observation.destinations.keys.sorted()
        }
        let inService = running.filter { observed in
            observation.destinations.values.contains { destinations in
                observed.endpoints.contains { destinations[$0] ?? 0 > 0 }
            }
        }
        guard let newest = inService.max(by: { $0.instance < $1.instance }) else { return }
        revisions.current = effective(Deployment(revision: newest.instance.revision, definition: newest.definition))
        revisions.target = Deployment(revision: newest.instance.revision, definition: newest.definition)
        revisions.kept = [newest.instance.revision]
        revisions.images.note(newest.image, of: newest.instance.revision)
    }

    private mutating func adopt(
        _ observed: ObservedContainer,
        destinations: [ServiceAddress: [Endpoint: Int]],
        _ record: RolloutRecord?
    ) {
        var observed = observed
        // With the addresses that it had when its destinations were added.
        if let addresses = units.addresses { observed.definition.addresses = addresses }
        let id = observed.instance
        let isUnchanged = revisions.unchanged != nil && id.revision == current?.revision
        var definition = isUnchanged ? current?.definition ?? observed.definition : observed.definition
        if units.addresses != nil { definition.addresses = addresses(of: observed, in: destinations) }
        var instance = Instance(id: id, definition: definition, state: .removing(.removed))
        instance.intent.isHandDrained = record?.handDrained?.contains(id) ?? false
        instance.isAdopted = record?.adopted?.contains { $0.instance == id } ?? false
        instance.intent.isOutdated = record?.outdated?.contains(id) ?? false
        instance.container = observed.container
        switch observed.state {
        case .created:
            instance.isRetiring = true
            emit(.remove(id, observed.container))
        case .exited:
            let isStoppedByHand =
                record?.current == id.revision && record?.handStoppedSlots?.contains(id.slot) == true
            if management == .managed, isStoppedByHand {
                instance.afterEnd(.kept)
                emit(.setTimer(.retry(id), RolloutPolicy.handStopHold))
            } else {
                instance.isRetiring = true
                emit(.remove(id, observed.container))
            }
        case .unreachable:
            instance.isRetiring = true
            instance.enter(.stopping)
            emit(.stop(id, observed.container, definition))
        case .running(let endpoint, let other):
            instance.endpoints = Instance.Endpoints(endpoint, other: other)
            adoptRunning(
                &instance,
                weights: instance.destinations.compactMap { destinations[$0.key]?[$0.value] }
            )
        }
        instances[id] = instance
    }

    /// The addresses of a container when the unit names them: those where it is a destination, else those where it will be one.
    private func addresses(
        of observed: ObservedContainer,
        in destinations: [ServiceAddress: [Endpoint: Int]]
    ) -> [ServiceAddress] {
        guard case .running(let endpoint, let other) = observed.state else { return units.addresses ?? [] }
        let endpoints = [endpoint, other].compactMap(\.self)
        let found = destinations.filter { _, found in endpoints.contains { found[$0] != nil } }.keys.sorted()
        return found.isEmpty ? units.addresses ?? [] : found
    }

    /// Adopts a running container; `weights` has one element for each address at which it is a destination.
    private mutating func adoptRunning(_ instance: inout Instance, weights: [Int]) {
        let isCurrent = instance.id.revision == current?.revision
        instance.destination = weights.min().map { Instance.Destination(weight: $0) }
        let isInService =
            weights.count == instance.definition.addresses.count && !weights.isEmpty && weights.allSatisfy { $0 > 0 }
        // What serves may be needed until others serve; `retireReplaced` decides.
        let isWanted = isCurrent || instance.id.revision == goal?.revision || isInService
        guard management == .managed, isWanted else {
            // It may still have connections, so it leaves through all phases, from weight 0 on.
            instance.isRetiring = true
            instance.enter(instance.hasDestination ? .serving : .probing)
            return
        }
        let isEjected =
            isCurrent && weights.count == instance.definition.addresses.count && weights.allSatisfy { $0 == 0 }
        // With UDP, a destination without new traffic doesn't exist.
        let isUDP = instance.definition.addresses.allSatisfy { $0.transport == .udp }
        if instance.isHandDrained, instance.hasDestination || isUDP {
            if !instance.hasDestination { instance.destination = Instance.Destination() }
            // If its weight isn't 0 yet, it will be set.
            instance.enter(weights.allSatisfy { $0 == 0 } ? .ejected : .serving)
            instance.health = .passing
            instance.destination?.isSettled = isCurrent
        } else if instance.hasDestination, isEjected {
            // Its probes failed, and nothing waits for it: its deadline has long passed.
            instance.enter(.ejected)
            instance.destination?.isSettled = true
        } else if isInService {
            instance.enter(.serving)
            instance.health = .passing
            instance.destination?.isSettled = instance.id.revision != goal?.revision || isCurrent
            if !instance.isSettled { emit(.setTimer(.minHealthy(instance.id), instance.definition.minHealthy)) }
        } else {
            instance.enter(.probing)
            emit(.setTimer(.healthy(instance.id), instance.definition.healthyDeadline))
        }
        probe(instance, isCurrent && isInService ? .steady : .startup)
    }

    /// Settles slots with two instances: the newer one was about to replace the older one.
    private mutating func settleDoubles() {
        var newest: [String: InstanceID] = [:]
        for id in instances.keys.sorted() where instances[id]?.isAlive == true && instances[id]?.isRetiring == false {
            let place = "\(id.revision)/\(id.slot)"
            if let older = newest.updateValue(id, forKey: place) {
                if id.revision == current?.revision {
                    instances[older]?.intent.isOutdated = true
                } else {
                    instances[older]?.isRetiring = true
                }
            }
        }
    }

    /// Keeps what a person stopped down for the same time as without the restart.
    private mutating func restoreStopsByHand(_ record: RolloutRecord) {
        guard management == .managed, let current else { return }
        if record.isHandStopped == true {
            units.isHandStopped = true
            for instance in alive(current.revision) { instances[instance.id]?.isRetiring = true }
            emit(.setTimer(.handStop, RolloutPolicy.handStopHold))
        }
        let taken = Set(alive(current.revision).filter { !$0.isRetiring }.map(\.id.slot))
        for slot in record.handStoppedSlots ?? [] where !taken.contains(slot) {
            slots.restarts[slot] = SlotRestart(isWaiting: true, isByHand: true)
            emit(.setTimer(.restart(slot: slot), RolloutPolicy.handStopHold))
        }
    }

    /// Deletes destinations without a container at once, because Docker gives a free address to the next container.
    private mutating func purge(_ observation: Observation) {
        let endpoints = Set(observation.containers.flatMap(\.endpoints))
        var strangers: [ServiceAddress: [Endpoint]] = [:]
        for (address, destinations) in observation.destinations {
            let gone = destinations.keys.filter { !endpoints.contains($0) }
            if !gone.isEmpty { strangers[address] = gone.sorted() }
        }
        if !strangers.isEmpty { emit(.purge(strangers)) }
    }
}
