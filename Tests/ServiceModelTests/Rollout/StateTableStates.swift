import Addresses

@testable import ServiceModel

/// Rollouts in each state that the tables are about.
struct States {
    let old: Revision
    let new: Revision
    let address: ServiceAddress
    let endpoint: Endpoint
    let otherEndpoint: Endpoint
    let note = OperatorNote(by: "anna")
    let failure = Failure("simulated")
    let passing = Failure("simulated", isTransient: true)
    let outage = Failure("simulated", isOutage: true)

    init() throws {
        old = try Revision("1-old")
        new = try Revision("2-new")
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("172.17.0.2:80")
        otherEndpoint = try Endpoint("172.17.0.3:80")
    }

    func definition(_ image: String, replicas: Int = 1) throws -> ServiceDefinition {
        ServiceDefinition(image: image, port: try Port("80"), addresses: [address]) { $0.replicas = replicas }
    }

    func deployment(_ revision: Revision, replicas: Int = 1) throws -> Deployment {
        .init(revision: revision, definition: try definition("web:\(revision.rawValue.prefix(1))", replicas: replicas))
    }

    /// A service that is to run, of which nothing does yet.
    func managed(current: Deployment? = nil, target: Deployment? = nil) throws -> Rollout {
        var rollout = Rollout(service: try ServiceID("web"))
        rollout.management = .managed
        rollout.revisions.current = current
        rollout.revisions.target = target ?? current
        rollout.revisions.kept = [current].compactMap { $0?.revision }
        rollout.claims.held = [address]
        rollout.slots.lastAttempt = 5
        return rollout
    }

    func adopted(_ revision: Revision) -> AdoptedContainer {
        AdoptedContainer(
            container: ContainerID("stranger"),
            endpoint: otherEndpoint,
            revision: revision,
            addresses: [address],
            weight: 1,
            image: ImageID("sha256:1")
        )
    }

    func stray(_ revision: Revision) throws -> ObservedContainer {
        ObservedContainer(
            container: ContainerID("stray"),
            instance: InstanceID(revision: revision, slot: 1, attempt: 99),
            definition: try definition("web:1"),
            state: .running(otherEndpoint)
        )
    }

    // MARK: Instances

    enum Role: String, CaseIterable {
        case one = "current, one of two"
        case only = "current, the only one"
        case candidate = "of the candidate"
        case leaving = "retiring"
    }

    /// An instance that has got as far as its phase says.
    func instance(
        _ deployment: Deployment,
        slot: Int,
        in phase: Instance.Phase,
        at endpoint: Endpoint
    )
        -> Instance
    {
        let id = InstanceID(
            revision: deployment.revision,
            slot: slot,
            attempt: deployment.revision == old ? slot : slot + 2
        )
        var instance = Instance(id: id, definition: deployment.definition, state: phase.entered)
        if phase == .queued || phase == .creating { return instance }
        instance.container = ContainerID("container\(id.attempt)")
        if phase == .starting { return instance }
        instance.endpoints = Instance.Endpoints(endpoint)
        if phase == .probing { return instance }
        instance.health = phase == .ejected ? .failing("GET / → 503") : .passing
        if phase != .removing {
            instance.destination = Instance.Destination(weight: phase == .attaching || phase == .serving ? 1 : 0)
        }
        return instance
    }

    /// The rollout, and the id of the instance that is looked at.
    func rollout(_ role: Role, in phase: Instance.Phase) throws -> (Rollout, InstanceID) {
        let replicas = role == .one ? 2 : 1
        let own = try deployment(role == .candidate ? new : old, replicas: replicas)
        var rollout: Rollout
        var twin: Instance?
        var instance = instance(own, slot: 1, in: phase, at: endpoint)
        switch role {
        case .one:
            rollout = try managed(current: own)
            twin = self.instance(own, slot: 2, in: .serving, at: otherEndpoint)
        case .only: rollout = try managed(current: own)
        case .candidate:
            let current = try deployment(old)
            rollout = try managed(current: current, target: own)
            rollout.candidate = .init(deployment: own, stage: .running(isProgressHeld: phase == .queued))
            twin = self.instance(current, slot: 1, in: .serving, at: otherEndpoint)
        case .leaving:
            let current = try deployment(new)
            rollout = try managed(current: current)
            twin = self.instance(current, slot: 1, in: .serving, at: otherEndpoint)
            instance.isRetiring = true
        }
        let hasLeft = phase == .draining || phase == .stopping || phase == .detaching || phase == .removing
        if hasLeft { depart(&instance, role, &rollout) }
        instance.destination?.isSettled = role != .candidate && (phase == .serving || phase == .ejected)
        twin?.destination?.isSettled = true
        rollout.instances[instance.id] = instance
        if let twin { rollout.instances[twin.id] = twin }
        setTimers(&rollout)
        return (rollout, instance.id)
    }

    /// What drains, stops or has ended is retiring or ended by itself; its slot waits, or its rollout has failed.
    private func depart(_ instance: inout Instance, _ role: Role, _ rollout: inout Rollout) {
        if instance.isAlive { instance.isRetiring = true }
        switch role {
        case .one, .only: rollout.slots.restarts[1] = .init(count: 1, isWaiting: true)
        case .candidate:
            rollout.candidate = nil
            rollout.revisions.failures.remember(RevisionFailure(phase: .minHealthy, message: "simulated"), of: new)
        case .leaving: break
        }
    }

    // MARK: Candidates

    /// A candidate in a stage: the successor of a revision that serves, or the very first.
    func candidate(_ stage: Candidate.StageName, isFirst: Bool) throws -> Rollout {
        let current = isFirst ? nil : try deployment(old)
        var own = try deployment(new)
        if stage == .clearing { own.definition.order = .stopFirst }
        if stage == .holding { own.definition.canary = Canary(percent: 20, hold: .seconds(60)) }
        var rollout = try managed(current: current, target: own)
        rollout.candidate = .init(deployment: own, stage: stage.begun)
        if stage == .claiming {
            rollout.claims.pending = [new: [address]]
            if isFirst { rollout.claims.held = [] }
        }
        if let current {
            var serving = instance(current, slot: 1, in: stage == .clearing ? .stopping : .serving, at: otherEndpoint)
            serving.destination?.isSettled = true
            serving.isRetiring = stage == .clearing
            if stage == .holding { serving.destination?.weight = 4 }
            rollout.instances[serving.id] = serving
        }
        if stage == .running || stage == .holding {
            var arriving = instance(own, slot: 1, in: .serving, at: endpoint)
            arriving.destination?.isSettled = stage == .holding
            rollout.instances[arriving.id] = arriving
        }
        setTimers(&rollout)
        return rollout
    }

    /// The timers that run in such a state.
    private func setTimers(_ rollout: inout Rollout) {
        for instance in rollout.instances.values {
            switch instance.phase {
            case .creating, .starting: rollout.steps.timers.insert(.start(instance.id))
            case .probing, .attaching: rollout.steps.timers.insert(.healthy(instance.id))
            case .serving: if !instance.isSettled { rollout.steps.timers.insert(.minHealthy(instance.id)) }
            case .draining: rollout.steps.timers.insert(.drain(instance.id))
            case .queued, .ejected, .stopping, .detaching, .removing: break
            }
        }
        for slot in rollout.restarts.keys { rollout.steps.timers.insert(.restart(slot: slot)) }
        guard let candidate = rollout.candidate else { return }
        switch candidate.stage {
        case .claiming: break
        case .pulling: rollout.steps.timers.insert(.pull(candidate.revision))
        case .clearing, .running: rollout.steps.timers.insert(.progress(candidate.revision))
        case .holding: rollout.steps.timers.insert(.hold(candidate.revision))
        }
    }

    // MARK: Management

    /// A service in each state of being wanted.
    func management(_ management: Management) throws -> Rollout {
        var rollout = try managed(current: try deployment(old))
        rollout.management = management
        switch management {
        case .managed:
            var serving = instance(try deployment(old), slot: 1, in: .serving, at: endpoint)
            serving.destination?.isSettled = true
            rollout.instances[serving.id] = serving
        case .stopping(let reason):
            var leaving = instance(try deployment(old), slot: 1, in: .stopping, at: endpoint)
            leaving.isRetiring = true
            rollout.instances[leaving.id] = leaving
            if reason == .withdrawn { rollout.revisions.target = nil }
            if reason == .disabled { rollout.revisions.target?.definition.enabled = false }
        case .disabled:
            rollout.revisions.target?.definition.enabled = false
            rollout.claims.held = []
        case .failed(let revision):
            rollout.revisions.current = nil
            rollout.claims.held = []
            rollout.revisions.failures.remember(RevisionFailure(phase: .healthy, message: "simulated"), of: revision)
        case .unmanaged: rollout.claims.held = []
        }
        return rollout
    }

    /// A service whose newer revision has failed beside the one that is current.
    func failedNewer(_ management: Management) throws -> Rollout {
        var rollout = try self.management(management)
        rollout.revisions.target = try deployment(new)
        rollout.revisions.failures.remember(RevisionFailure(phase: .healthy, message: "simulated"), of: new)
        return rollout
    }
}

extension Instance.Phase {
    /// The state of an instance that has just come there.
    fileprivate var entered: Instance.State {
        switch self {
        case .queued: .queued
        case .creating: .creating
        case .starting: .starting
        case .probing: .probing
        case .attaching: .attaching(isGivenUp: false)
        case .serving: .serving
        case .ejected: .ejected
        case .draining: .draining
        case .stopping: .stopping
        case .detaching: .detaching(.removed)
        case .removing: .removing(.removed)
        }
    }
}

extension Candidate.StageName {
    /// The stage as it is once its command was given.
    fileprivate var begun: Candidate.Stage {
        switch self {
        case .claiming: .claiming(.init())
        case .pulling: .pulling(.init(step: .underWay))
        case .clearing: .clearing
        case .running: .running(isProgressHeld: false)
        case .holding: .holding
        }
    }
}
