import Addresses

extension Rollout {
    /// Rebuilds a service from what its record says and what was found on the host, and says what is to be done.
    ///
    /// Where everything is as it should be, the actions only watch: no write to the kernel, no container touched.
    ///
    /// - Parameters:
    ///   - service: Whose.
    ///   - record: What was remembered; nil when there is nothing, or it could not be read.
    ///   - definitions: The accepted definitions of the revisions that the record names.
    ///   - observation: What was found on the host.
    /// - Returns: The rollout, and what is to be done first.
    package static func recovered(
        _ service: ServiceID,
        record: RolloutRecord?,
        definitions: [Revision: ServiceDefinition],
        observation: Observation
    ) -> (rollout: Rollout, actions: [RolloutAction]) {
        var rollout = Rollout(service: service)
        rollout.restore(record, definitions, observation)
        for observed in observation.containers.sorted(by: { $0.instance < $1.instance }) {
            rollout.adopt(observed, destinations: observation.destinations)
        }
        rollout.purge(observation)
        if rollout.isWithdrawing { rollout.emit(.setTimer(.withdrawal, RolloutPolicy.withdrawalGrace)) }
        rollout.advance()
        let actions = rollout.actions
        rollout.actions = []
        return (rollout, actions)
    }

    private mutating func restore(
        _ record: RolloutRecord?,
        _ definitions: [Revision: ServiceDefinition],
        _ observation: Observation
    ) {
        lastAttempt = max(record?.lastAttempt ?? 0, observation.containers.map(\.instance.attempt).max() ?? 0)
        claimed = Set(record?.claimed ?? []).union(observation.destinations.keys)
        guard let record else { return restoreWithoutRecord(observation) }
        func deployment(_ revision: Revision?) -> Deployment? {
            guard let revision, let definition = definitions[revision] else { return nil }
            return Deployment(revision: revision, definition: definition)
        }
        management = record.isManaged ? .managed : .unmanaged
        unitAddresses = record.unitAddresses
        target = deployment(record.target)
        current = deployment(record.current).map { effective($0) }
        fallback = deployment(record.fallback)
        rejection = record.rejection
        isWithdrawing = record.isWithdrawing
        for entry in record.failures { failures[entry.revision] = entry.failure }
        if case .managed = management, current == nil, let target, failures[target.revision] != nil {
            management = .failed(target.revision)
        }
    }

    /// Without a record, the newest revision that has traffic is taken for the current one.
    private mutating func restoreWithoutRecord(_ observation: Observation) {
        let running = observation.containers.filter {
            if case .running = $0.state { true } else { false }
        }
        guard !running.isEmpty else { return }
        management = .managed
        let inService = running.filter { Self.weights(of: $0, in: observation.destinations).contains { $0 > 0 } }
        guard let newest = inService.max(by: { $0.instance < $1.instance }) else { return }
        current = Deployment(revision: newest.instance.revision, definition: newest.definition)
        target = current
    }

    private mutating func adopt(
        _ observed: ObservedContainer,
        destinations: [ServiceAddress: [Endpoint: Int]]
    ) {
        let id = observed.instance
        var instance = Instance(id: id, definition: observed.definition, phase: .removing)
        instance.container = observed.container
        switch observed.state {
        case .created:
            instance.isRetiring = true
            emit(.remove(id, observed.container))
        case .exited(let report):
            instance.exit = report
            instance.isRetiring = true
            emit(.remove(id, observed.container))
        case .running(let endpoint):
            instance.endpoint = endpoint
            adoptRunning(&instance, weights: Self.weights(of: observed, in: destinations))
        }
        instances[id] = instance
    }

    /// `weights` holds one for each of its addresses where it has a destination.
    private mutating func adoptRunning(_ instance: inout Instance, weights: [Int]) {
        let isCurrent = instance.id.revision == current?.revision
        let isWanted = management == .managed && (isCurrent || instance.id.revision == target?.revision)
        instance.hasDestination = !weights.isEmpty
        let isInService =
            weights.count == instance.definition.addresses.count && !weights.isEmpty && weights.allSatisfy { $0 > 0 }
        guard isWanted else {
            // It may still have connections: it goes the whole way, from weight 0 on.
            instance.isRetiring = true
            instance.phase = instance.hasDestination ? .serving : .probing
            return
        }
        if isInService {
            instance.phase = .serving
            instance.health = .passing
            instance.isSettled = isCurrent
            if !isCurrent { emit(.setTimer(.minHealthy(instance.id), instance.definition.minHealthy)) }
        } else {
            instance.phase = .probing
            emit(.setTimer(.healthy(instance.id), instance.definition.healthyDeadline))
        }
        probe(instance, isCurrent && isInService ? .steady : .startup)
    }

    private static func weights(
        of observed: ObservedContainer,
        in destinations: [ServiceAddress: [Endpoint: Int]]
    ) -> [Int] {
        guard case .running(let endpoint) = observed.state else { return [] }
        return observed.definition.addresses.compactMap { destinations[$0]?[endpoint] }
    }

    /// Docker gives an address that is free to whoever comes next: a destination without its container goes at once.
    private mutating func purge(_ observation: Observation) {
        let endpoints = Set(
            observation.containers.compactMap {
                if case .running(let endpoint) = $0.state { endpoint } else { nil }
            }
        )
        var strangers: [ServiceAddress: [Endpoint]] = [:]
        for (address, destinations) in observation.destinations {
            let gone = destinations.keys.filter { !endpoints.contains($0) }
            if !gone.isEmpty { strangers[address] = gone.sorted() }
        }
        if !strangers.isEmpty { emit(.purge(strangers)) }
    }
}
