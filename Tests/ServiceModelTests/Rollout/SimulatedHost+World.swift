import Addresses
import ServiceModel
import TestSupport

/// What happens on a host by itself, by a person's hand, and to the daemon.
extension SimulatedHost {
    // MARK: By itself

    /// A probe's verdict, or a crash, of one instance.
    mutating func observeOne() {
        guard let id = probed.sorted().randomElement(using: &generator), let instance = rollout.instances[id] else {
            return
        }
        let crashes = broken.contains(id.revision) ? generator.once(in: 2) : hasFaults && generator.once(in: 25)
        if crashes, let container = instance.container {
            if generator.once(in: 2), containers[container]?.isRunning == true {
                containers[container]?.isRunning = false
                probed.remove(id)
                unreported.append(id)
                send(.host(.container(container, .ended(nil))))
            } else {
                crash(container, ExitReport(code: 1))
            }
        } else if broken.contains(id.revision) || (hasFaults && generator.once(in: 6)) {
            send(.instance(id, .probed(.failing("GET / → 503"))))
        } else {
            send(.instance(id, .probed(.passing)))
        }
    }

    /// Docker tells of a container whose process has ended.
    mutating func reportOne() {
        guard !unreported.isEmpty else { return }
        guard let container = rollout.instances[unreported.removeFirst()]?.container else { return }
        send(.host(.container(container, .ended(ExitReport(code: 1)))))
    }

    /// A container ends, and Docker tells of it.
    mutating func crash(_ container: ContainerID, _ report: ExitReport) {
        guard containers[container]?.isRunning == true else { return }
        containers[container]?.isRunning = false
        send(.host(.container(container, .ended(report))))
    }

    /// A container is removed by force, and Docker tells of it.
    mutating func vanish(_ container: ContainerID) {
        guard containers.removeValue(forKey: container) != nil else { return }
        send(.host(.container(container, .vanished)))
    }

    /// Docker goes down, taking containers with it or losing them, and comes back; what it did meanwhile is found by
    /// comparing, as no event tells of it.
    mutating func restartEngine() {
        for container in containers.keys.sorted(by: { $0.rawValue < $1.rawValue }) where generator.once(in: 3) {
            if generator.once(in: 4) {
                containers[container] = nil
            } else {
                containers[container]?.isRunning = false
            }
        }
        send(.host(.engineReturned))
        for instance in rollout.instances.values.sorted(by: { $0.id < $1.id }) {
            switch instance.phase {
            case .probing, .attaching, .serving, .ejected, .draining: break
            case .queued, .creating, .starting, .stopping, .detaching, .removing: continue
            }
            guard let container = instance.container else { continue }
            if let found = containers[container] {
                if !found.isRunning { send(.host(.container(container, .ended(ExitReport(code: 137))))) }
            } else {
                send(.host(.container(container, .vanished)))
            }
        }
    }

    /// Fires a timer.
    mutating func fireOneTimer() {
        guard let timer = timers.randomElement(using: &generator) else { return }
        fire(timer)
    }

    // MARK: By hand

    /// Whatever a person may do by hand.
    mutating func operate() {
        let note = OperatorNote(by: "anna")
        let id = rollout.instances.keys.sorted().randomElement(using: &generator)
        switch Int.random(in: 0..<15, using: &generator) {
        case 0: send(.operator(.pauseRequested(note)))
        case 1: send(.operator(.resumeRequested))
        case 2:
            guard let revision = rollout.kept.randomElement(using: &generator), let definition = definitions[revision]
            else {
                return
            }
            send(.operator(.rollbackRequested(revision, definition, note)))
        case 3: send(.operator(.promoteRequested))
        case 4: if let id { send(.operator(.drainRequested(id, isForced: false))) }
        case 5: if let id { send(.operator(.undrainRequested(id))) }
        case 6: send(.operator(.restartRequested(note)))
        case 7: if let id { send(.instance(id, .exhausted("GET / → 503"))) }
        case 8: if let id, let container = rollout.instances[id]?.container { vanish(container) }
        case 9: if let id { loseNetwork(id) }
        case 10: if let id, let container = rollout.instances[id]?.container { stopByHand(container) }
        case 11: startAgainByHand()
        case 12:
            send(
                .host(
                    .container(ContainerID("stranger"), generator.once(in: 2) ? .vanished : .ended(ExitReport(code: 0)))
                )
            )
        case 13: send(.operator(.abortRequested(note)))
        default: if let id { suspend(id, generator.once(in: 2)) }
        }
    }

    /// `docker stop`.
    mutating func stopByHand(_ container: ContainerID) {
        guard containers[container]?.isRunning == true else { return }
        containers[container]?.isRunning = false
        containers[container]?.isSuspended = false
        let instances = rollout.instances
        unreported.removeAll { instances[$0]?.container == container }
        send(.host(.container(container, .ended(ExitReport(code: 0, isByHand: true)))))
    }

    /// `docker start` of a container that is still there: it gets another address.
    mutating func startAgainByHand() {
        let kept = rollout.instances.values.filter { $0.isKept && !$0.isRetiring }.sorted { $0.id < $1.id }
        guard let container = kept.compactMap(\.container).first(where: { containers[$0]?.isRunning == false }),
            let endpoint = containers[container]?.endpoint,
            let moved = try? Endpoint(endpoint.description.replacing("172.17.", with: "172.19."))
        else {
            return
        }
        containers[container]?.endpoint = moved
        containers[container]?.isRunning = true
        send(.host(.container(container, .restarted(moved))))
    }

    mutating func suspend(_ id: InstanceID, _ isSuspended: Bool) {
        guard let container = rollout.instances[id]?.container, containers[container]?.isRunning == true else { return }
        containers[container]?.isSuspended = isSuspended
        send(.host(.container(container, .suspended(isSuspended))))
    }

    mutating func loseNetwork(_ id: InstanceID) {
        guard let instance = rollout.instances[id], let container = instance.container,
            containers[container]?.isRunning == true, instance.endpoint != nil
        else {
            return
        }
        isCutOff.insert(id)
        containers[container]?.endpoint = nil
        containers[container]?.isDisconnected = true
        send(.host(.container(container, .disconnected)))
    }

    /// Takes back what a person did by hand.
    mutating func releaseByHand() {
        if rollout.pause != nil { send(.operator(.resumeRequested)) }
        if rollout.pin != nil { send(.operator(.resumeRequested)) }
        for id in rollout.instances.keys.sorted() {
            if rollout.instances[id]?.isHandDrained == true { send(.operator(.undrainRequested(id))) }
            if rollout.instances[id]?.isSuspended == true { suspend(id, false) }
        }
        for container in containers.keys { containers[container]?.isSuspended = false }
    }

    // MARK: The daemon

    /// kill -9 and a new start: what was outstanding may or may not have been carried out; its answer is lost.
    ///
    /// The new daemon hears again what sources and units have to say.
    mutating func restartDaemon() {
        for action in stalled + outstanding where generator.once(in: 2) { _ = answer(to: action, fails: false) }
        outstanding = []
        stalled = []
        timers = []
        pausedTimers = []
        turns = [:]
        probed = []
        unreported = []
        let (recovered, actions) = Rollout.recovered(
            rollout.service,
            record: record,
            definitions: definitions,
            observation: observation
        )
        steps.append((nil, recovered.instances))
        transcript?.append("the daemon was killed and starts again")
        rollout = recovered
        let unit = managerUnit
        let document = document
        remember()
        perform(actions)
        check()
        if !hasLine { giveTurns() }
        // `launch` connects again, and says so when it was asked to stop.
        if unit != nil { send(.unit(.managerStarted(nil))) }
        if unit == .stopping { send(.unit(.managerStopRequested)) }
        if let document { send(document) }
    }

    /// What a daemon that starts now would see.
    var observation: Observation {
        let adopted = Set((record?.adopted ?? []).map { ContainerID($0.container) })
        let ours = containers.filter { !$0.value.isUnlabelled || adopted.contains($0.key) }
        let observed = ours.map { id, found in
            let hasRun = found.endpoint != nil || found.isDisconnected
            let state: ObservedContainer.State =
                switch (found.isRunning, found.endpoint) {
                case (true, let endpoint?): .running(endpoint)
                case (true, nil): .unreachable
                case (false, _): hasRun ? .exited(ExitReport(code: 0)) : .created
                }
            return ObservedContainer(
                container: id,
                instance: found.instance,
                definition: found.definition,
                state: state
            )
        }
        // Addresses are recorded as ours before their virtual services are made.
        let recorded = record.map { record in
            Set(record.claimed).union((record.claiming ?? []).filter { table[$0]?.isEmpty == true })
        }
        return Observation(
            containers: observed,
            destinations: OwnVirtualServices.find(recorded: recorded, containers: observed, in: table)
        )
    }
}
