import Addresses
import ServiceModel
import TestSupport
import Testing

/// A host in memory: Docker, the kernel's table and the timers, as far as one rollout can tell.
///
/// It answers each command once, in any order that the seed chooses, with faults where it is told to.
struct SimulatedHost {
    struct Container {
        var instance: InstanceID
        var definition: ServiceDefinition
        var endpoint: Endpoint?
        var isRunning = false
    }

    var generator: SeededGenerator
    var rollout: Rollout
    var containers: [ContainerID: Container] = [:]
    /// The kernel's table.
    var table: [ServiceAddress: [Endpoint: Int]] = [:]
    var timers: Set<RolloutTimer> = []
    /// Commands without their answer yet, in the order in which they came.
    var outstanding: [RolloutAction] = []
    var probed: Set<InstanceID> = []
    /// Instances whose process has ended, of which Docker hasn't told yet.
    var unreported: [InstanceID] = []
    /// Endpoints that were purged: writes that were given before come before, too.
    private var purged: Set<Endpoint> = []
    /// Revisions that never become healthy, or crash, or have no image.
    var broken: Set<Revision> = []
    /// False once the faults are over and everything succeeds.
    var hasFaults = true
    var violations: [RolloutChecks.Violation] = []
    /// What happened, and what came of it; made readable only when it is asked for.
    private var steps: [(event: RolloutEvent?, instances: [InstanceID: Instance])] = []
    /// Called after each event.
    var afterEach: (inout SimulatedHost) -> Void = { _ in }
    /// Called with each action.
    var onAction: (RolloutAction) -> Void = { _ in }
    private var made = 0
    /// What the state directory holds.
    var record: RolloutRecord?
    var definitions: [Revision: ServiceDefinition] = [:]

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        rollout = Rollout(service: try ServiceID("web"))
    }

    /// The last steps, for a person who looks why a promise was broken.
    var trace: [String] {
        steps.suffix(40).map { step in
            let instances = step.instances.values.map { "\($0.id.attempt):\($0.phase)" }.sorted()
            return "\(step.event.map { "\($0)" } ?? "restart") → \(instances)"
        }
    }

    // MARK: Events in

    mutating func send(_ event: RolloutEvent) {
        let before = rollout
        if case .defined(let revision, let definition) = event { definitions[revision] = definition }
        let actions = rollout.handle(event)
        steps.append((event, rollout.instances))
        violations += RolloutChecks.violations(before: before, event: event, actions: actions, after: rollout)
        record = rollout.record
        perform(actions)
        checkDeadlines()
        let check = afterEach
        check(&self)
    }

    /// I8: whatever waits is watched by a timer, or has a command that will be answered.
    private mutating func checkDeadlines() {
        for instance in rollout.instances.values where !isWatched(instance) {
            violations.append(.init(invariant: "I8", message: "\(instance.id) waits in \(instance.phase) for nothing"))
        }
    }

    private func isWatched(_ instance: Instance) -> Bool {
        let id = instance.id
        // Docker is about to tell how it ended.
        if instance.processHasEnded, instance.isAlive, unreported.contains(id) { return true }
        switch instance.phase {
        case .serving, .ejected: return true
        case .probing: return timers.contains(.healthy(id))
        case .creating, .starting, .attaching, .draining, .stopping, .detaching, .removing:
            return timers.contains(.retry(id)) || outstanding.contains { $0.instance == id }
        }
    }

    private mutating func perform(_ actions: [RolloutAction]) {
        for action in actions {
            onAction(action)
            switch action {
            case .setTimer(let timer, _): timers.insert(timer)
            case .cancelTimer(let timer): timers.remove(timer)
            case .probe(let id, _, _, _, _, _): probed.insert(id)
            case .stopProbing(let id): probed.remove(id)
            case .purge(let strangers):
                for (address, endpoints) in strangers { for endpoint in endpoints { table[address]?[endpoint] = nil } }
                purged.formUnion(strangers.values.joined())
            case .cancelPull: outstanding.removeAll { if case .pull = $0 { true } else { false } }
            case .tell, .configure: break
            default: outstanding.append(action)
            }
        }
    }

    // MARK: Answers out

    /// Answers one command that is outstanding; of one instance's, the first.
    mutating func answerOne() {
        guard !outstanding.isEmpty else { return }
        var index = Int.random(in: outstanding.indices, using: &generator)
        if let id = outstanding[index].instance, let first = outstanding.firstIndex(where: { $0.instance == id }) {
            index = first
        }
        let action = outstanding.remove(at: index)
        let fails = hasFaults && generator.once(in: 12)
        send(answer(to: action, fails: fails))
    }

    private mutating func answer(to action: RolloutAction, fails: Bool) -> RolloutEvent {
        let failure = Failure("simulated", isTransient: true)
        switch action {
        case .claimAddresses(let revision, let definition):
            if fails { return .claimFailed(revision, failure) }
            for address in definition.addresses where table[address] == nil { table[address] = [:] }
            return .addressesClaimed(revision, definition.addresses)
        case .releaseAddresses(let addresses):
            for address in addresses { table[address] = nil }
            return .addressesReleased(addresses)
        case .pull(let revision, _, _):
            return fails
                ? .pullFailed(revision, Failure("no such image", isTransient: generator.once(in: 2)))
                : .pulled(revision, ImageID("sha256:\(revision)"))
        case .create(let id, let definition, _): return create(id, definition, fails: fails)
        case .start(let id, let container, _): return start(id, container, fails: fails)
        case .attach(let id, let destinations, let weight, _), .setWeight(let id, let destinations, let weight, _):
            if fails { return .attachFailed(id, failure) }
            for (address, endpoint) in destinations where !purged.contains(endpoint) {
                table[address, default: [:]][endpoint] = weight
            }
            return .attached(id)
        case .drain(let id, let destinations, _):
            if fails { return .drainFailed(id, failure) }
            for (address, endpoint) in destinations where table[address]?[endpoint] != nil {
                table[address]?[endpoint] = 0
            }
            return .drained(id)
        case .stop(let id, let container, _):
            if fails { return .stopFailed(id, failure) }
            containers[container]?.isRunning = false
            return .exited(id, ExitReport(code: 0))
        case .detach(let id, let destinations, _):
            if fails { return .detachFailed(id, failure) }
            for (address, endpoint) in destinations { table[address]?[endpoint] = nil }
            return .detached(id)
        case .remove(let id, let container):
            if fails { return .removeFailed(id, failure) }
            containers[container] = nil
            return .removed(id, lastLog: [])
        case .removeImages(let images): return .imagesRemoved(images.keys.sorted { $0.rawValue < $1.rawValue })
        case .cancelPull, .configure, .probe, .stopProbing, .purge, .setTimer, .cancelTimer, .tell:
            return .timerFired(.handStop)
        }
    }

    private mutating func create(_ id: InstanceID, _ definition: ServiceDefinition, fails: Bool) -> RolloutEvent {
        guard !fails else { return .createFailed(id, Failure("simulated", isTransient: true)) }
        made += 1
        let container = ContainerID("container\(made)")
        containers[container] = Container(instance: id, definition: definition)
        return .created(id, container)
    }

    private mutating func start(_ id: InstanceID, _ container: ContainerID, fails: Bool) -> RolloutEvent {
        guard !fails, var found = containers[container], let number = Int(container.rawValue.dropFirst(9)),
            let address = try? IPAddress("172.17.\(number / 200).\(number % 200 + 2)")
        else {
            return .startFailed(id, Failure("simulated", isTransient: true))
        }
        let endpoint = Endpoint(address: address, port: found.definition.port)
        found.endpoint = endpoint
        found.isRunning = true
        containers[container] = found
        return .started(id, endpoint)
    }

    /// A probe's verdict, or a crash, of one instance.
    mutating func observeOne() {
        guard let id = probed.sorted().randomElement(using: &generator), let instance = rollout.instances[id] else {
            return
        }
        let crashes = broken.contains(id.revision) ? generator.once(in: 2) : hasFaults && generator.once(in: 25)
        if crashes, let container = instance.container {
            containers[container]?.isRunning = false
            if generator.once(in: 2) {
                probed.remove(id)
                unreported.append(id)
                send(.processEnded(id))
            } else {
                send(.exited(id, ExitReport(code: 1)))
            }
        } else if broken.contains(id.revision) || (hasFaults && generator.once(in: 6)) {
            send(.probed(id, .failing("GET / → 503")))
        } else {
            send(.probed(id, .passing))
        }
    }

    /// Docker tells of a container whose process has ended.
    mutating func reportOne() {
        guard !unreported.isEmpty else { return }
        send(.exited(unreported.removeFirst(), ExitReport(code: 1)))
    }

    /// Fires a timer.
    mutating func fireOneTimer() {
        let eligible = timers.sorted { "\($0)" < "\($1)" }
        guard let timer = eligible.randomElement(using: &generator) else { return }
        timers.remove(timer)
        send(.timerFired(timer))
    }

    /// Whatever a person may do by hand.
    mutating func operate() {
        let note = OperatorNote(by: "anna")
        let id = rollout.instances.keys.sorted().randomElement(using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: send(.pauseRequested(note))
        case 1: send(.resumeRequested)
        case 2:
            guard let revision = rollout.kept.randomElement(using: &generator), let definition = definitions[revision]
            else {
                return
            }
            send(.rollbackRequested(revision, definition, note))
        case 3: send(.promoteRequested)
        case 4: if let id { send(.drainRequested(id, isForced: false)) }
        case 5: if let id { send(.undrainRequested(id)) }
        case 6: send(.restartRequested(note))
        case 7: if let id { send(.exhausted(id, "GET / → 503")) }
        default: if let id { send(.suspended(id, generator.once(in: 2))) }
        }
    }

    /// Takes back what a person did by hand.
    mutating func releaseByHand() {
        if rollout.pause != nil { send(.resumeRequested) }
        if rollout.pin != nil { send(.resumeRequested) }
        for id in rollout.instances.keys.sorted() {
            if rollout.instances[id]?.isHandDrained == true { send(.undrainRequested(id)) }
            if rollout.instances[id]?.isSuspended == true { send(.suspended(id, false)) }
        }
    }

    /// Lets everything happen that can, until nothing is left to happen.
    ///
    /// - Parameter mayFire: Which timers may fire; all unless told otherwise.
    mutating func settle(_ mayFire: (RolloutTimer) -> Bool = { _ in true }) {
        for _ in 0..<3_000 {
            let waiting = probed.sorted().first { rollout.instances[$0]?.health != .passing }
            if !unreported.isEmpty {
                reportOne()
            } else if !outstanding.isEmpty {
                answerOne()
            } else if let waiting {
                send(.probed(waiting, .passing))
            } else if let timer = next(mayFire) {
                timers.remove(timer)
                send(.timerFired(timer))
            } else {
                return
            }
        }
        Issue.record("it never settles: \(trace.suffix(20).joined(separator: "\n"))")
    }

    /// The timer that fires next when nothing else happens: deadlines come last.
    private func next(_ mayFire: (RolloutTimer) -> Bool) -> RolloutTimer? {
        let eligible = timers.filter(mayFire).sorted { "\($0)" < "\($1)" }
        return eligible.first { !$0.isDeadline } ?? eligible.first
    }

    /// kill -9 and a new start: what was outstanding may or may not have been carried out; its answer is lost.
    mutating func restartDaemon() {
        for action in outstanding where generator.once(in: 2) { _ = answer(to: action, fails: false) }
        outstanding = []
        timers = []
        probed = []
        unreported = []
        let observed = containers.map { id, found in
            ObservedContainer(
                container: id,
                instance: found.instance,
                definition: found.definition,
                state: found.isRunning
                    ? found.endpoint.map { .running($0) } ?? .created
                    : found.endpoint == nil ? .created : .exited(ExitReport(code: 0))
            )
        }
        let observation = Observation(containers: observed, destinations: table)
        let (recovered, actions) = Rollout.recovered(
            rollout.service,
            record: record,
            definitions: definitions,
            observation: observation
        )
        steps.append((nil, recovered.instances))
        rollout = recovered
        record = rollout.record
        perform(actions)
        checkDeadlines()
    }
}

extension RolloutAction {
    /// Whose command it is.
    var instance: InstanceID? {
        switch self {
        case .create(let id, _, _), .start(let id, _, _), .attach(let id, _, _, _), .drain(let id, _, _),
            .setWeight(let id, _, _, _), .stop(let id, _, _), .detach(let id, _, _), .remove(let id, _),
            .probe(let id, _, _, _, _, _), .stopProbing(let id):
            id
        case .claimAddresses, .configure, .releaseAddresses, .pull, .cancelPull, .purge, .removeImages, .setTimer,
            .cancelTimer, .tell:
            nil
        }
    }
}

extension RolloutTimer {
    /// True for what fires only when something took too long.
    var isDeadline: Bool {
        switch self {
        case .pull, .progress, .start, .healthy, .drain: true
        case .pullRetry, .claimRetry, .minHealthy, .retry, .restart, .withdrawal, .handStop, .hold: false
        }
    }
}
