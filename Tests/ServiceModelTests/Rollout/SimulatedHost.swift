import Addresses
import ServiceModel
import TestSupport
import Testing

/// A host in memory: Docker, the kernel's table and the timers, as far as one rollout can tell.
///
/// It answers each command once, in any order that the seed chooses, with faults where it is told to. What every step
/// may not break is checked after it, by `SimulatedHost+Checks`.
struct SimulatedHost {
    struct Container {
        var instance: InstanceID
        var definition: ServiceDefinition
        var endpoint: Endpoint?
        var isRunning = false
        /// True when it has no labels of ours: the record alone knows it.
        var isUnlabelled = false
        /// True when somebody has disconnected it from its network.
        var isDisconnected = false
        /// True when somebody has paused it.
        var isSuspended = false
        /// During which input of a script it was made.
        var born = 0
    }

    /// What becomes of the containers of a revision.
    enum Quality: CaseIterable {
        case good, noImage, cannotBeCreated, cannotStart, neverHealthy, crashes
    }

    var generator: SeededGenerator
    var rollout: Rollout
    var containers: [ContainerID: Container] = [:]
    /// The kernel's table.
    var table: [ServiceAddress: [Endpoint: Int]] = [:]
    /// Virtual services that aren't ours, which nobody may touch.
    var foreign: [ServiceAddress: [Endpoint: Int]] = [:]
    /// Those that are set, in the order in which they were.
    var timers: [RolloutTimer] = []
    /// Those that stand still.
    var pausedTimers: Set<RolloutTimer> = []
    /// The turns that it waits for or has.
    var turns: [StartTurn: Bool] = [:]
    /// True while turns are given when the seed says so, and not at once.
    var hasLine = false
    /// Commands without their answer yet, in the order in which they came.
    var outstanding: [RolloutAction] = []
    /// Commands that get no answer until the stall is over.
    var stalled: [RolloutAction] = []
    var probed: Set<InstanceID> = []
    /// Instances whose process has ended, of which Docker hasn't told yet.
    var unreported: [InstanceID] = []
    /// Revisions that never become healthy, or crash, or have no image.
    var broken: Set<Revision> = []
    /// Revisions that are anything but good, in a script.
    var qualities: [Revision: Quality] = [:]
    /// Containers whose probes fail.
    var sick: Set<ContainerID> = []
    /// False once the faults are over and everything succeeds.
    var hasFaults = true
    var violations: [RolloutChecks.Violation] = []
    /// What happened, and what came of it; made readable only when it is asked for.
    var steps: [(event: RolloutEvent?, instances: [InstanceID: Instance])] = []
    /// What happened and what was done, as text; nil unless it is wanted.
    var transcript: [String]?
    /// Called after each event.
    var afterEach: (inout SimulatedHost) -> Void = { _ in }
    /// The number of the script's input that is being dealt with.
    var input = 0
    /// Instances whose weight couldn't be set to 0 in time.
    var isCutOff: Set<InstanceID> = []
    /// Called with each action.
    var onAction: (RolloutAction) -> Void = { _ in }
    private var made = 0

    // What outlives the daemon.
    var record: RolloutRecord?
    var definitions: [Revision: ServiceDefinition] = [:]
    /// The newest document; nil when it was deleted, or there was none.
    var document: RolloutEvent?
    /// What the manager's unit is: nil, started, or asked to stop by a person.
    var managerUnit: ManagerUnit?

    enum ManagerUnit { case started, stopping }

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        rollout = Rollout(service: try ServiceID("web"))
    }

    /// The last steps, for a person who looks why a promise was broken.
    var trace: String {
        steps.suffix(60)
            .map { step in
                let instances = step.instances.values.map { "\($0.id):\($0.phase)\($0.isRetiring ? "!" : "")" }.sorted()
                return "\(step.event?.text ?? "restart") → \(instances.joined(separator: " "))"
            }
            .joined(separator: "\n")
    }

    // MARK: Events in

    mutating func send(_ event: RolloutEvent) {
        note(event)
        let before = rollout
        let actions = rollout.handle(event)
        steps.append((event, rollout.instances))
        transcript?.append(event.text)
        violations += RolloutChecks.violations(before: before, event: event, actions: actions, after: rollout)
        remember()
        perform(actions)
        check()
        let check = afterEach
        check(&self)
        if !hasLine { giveTurns() }
    }

    /// What is on the host once an event has been dealt with: the record, and the manager's unit as it is wished for.
    mutating func remember() {
        record = rollout.record
        switch rollout.management {
        case .managed, .stopping(.disabled): managerUnit = .started
        case .stopping(.manager): managerUnit = .stopping
        case .stopping(.withdrawn): break
        case .unmanaged, .disabled, .failed: managerUnit = nil
        }
        if rollout.target == nil, rollout.rejection == nil, !rollout.document.isWithdrawing { document = nil }
    }

    /// What the sources and the units go on telling after a restart of the daemon.
    private mutating func note(_ event: RolloutEvent) {
        switch event {
        case .document(.defined(let revision, let definition)):
            definitions[revision] = definition
            document = event
        case .document(.rejected): document = event
        case .document(.withdrawn): document = event
        case .timerFired(.drain(let id)): isCutOff.insert(id)
        default: break
        }
    }

    mutating func perform(_ actions: [RolloutAction]) {
        for action in actions {
            transcript?.append("    " + Text.of(action))
            checkOrder(action)
            onAction(action)
            switch action {
            case .setTimer(let timer, _):
                timers.removeAll { $0 == timer }
                pausedTimers.remove(timer)
                timers.append(timer)
            case .cancelTimer(let timer):
                timers.removeAll { $0 == timer }
                pausedTimers.remove(timer)
            case .pauseTimer(let timer):
                guard timers.contains(timer) else { continue }
                timers.removeAll { $0 == timer }
                pausedTimers.insert(timer)
            case .resumeTimer(let timer):
                if pausedTimers.remove(timer) != nil { timers.append(timer) }
            case .probe(let id, _, _, _, _, _): probed.insert(id)
            case .stopProbing(let id): probed.remove(id)
            case .cancelPull:
                outstanding.removeAll { $0.isPull }
                stalled.removeAll { $0.isPull }
            case .tell, .configure: break
            default: outstanding.append(action)
            }
        }
        let wishes = rollout.startWishes.map(\.turn)
        turns = turns.filter { wishes.contains($0.key) }
        for turn in wishes where turns[turn] == nil { turns[turn] = false }
    }

    /// Writes a destination, or deletes it: never one of somebody else's.
    mutating func write(_ weight: Int?, _ endpoint: Endpoint, _ address: ServiceAddress) {
        guard foreign[address] == nil else {
            return violations.append(.init(invariant: "I5", message: "\(address) isn't ours and was written to"))
        }
        table[address, default: [:]][endpoint] = weight
    }

    mutating func makeContainer(_ id: InstanceID, _ definition: ServiceDefinition) -> ContainerID {
        made += 1
        let container = ContainerID("container\(made)")
        containers[container] = Container(instance: id, definition: definition, born: input)
        return container
    }

    /// Lets everything happen that can, until nothing is left to happen.
    ///
    /// - Parameters:
    ///   - mayFire: Which timers may fire; all unless told otherwise.
    ///   - kills: Called before each step; true: the daemon is killed there.
    mutating func settle(
        _ mayFire: (RolloutTimer) -> Bool = { _ in true },
        kills: (inout SimulatedHost) -> Bool = { _ in false }
    ) {
        outstanding = stalled + outstanding
        stalled = []
        for _ in 0..<3_000 {
            if kills(&self) { restartDaemon() }
            if giveTurn() {
                continue
            } else if !unreported.isEmpty {
                reportOne()
            } else if !outstanding.isEmpty {
                answerOne()
            } else if let (id, verdict) = nextVerdict() {
                send(.instance(id, .probed(verdict)))
            } else if let crashing = nextCrash() {
                crash(crashing, ExitReport(code: 1))
            } else if let timer = next(mayFire) {
                fire(timer)
            } else {
                return
            }
        }
        Issue.record("it never settles: \(trace)")
    }

    /// The timer that fires next when nothing else happens: deadlines come last.
    private func next(_ mayFire: (RolloutTimer) -> Bool) -> RolloutTimer? {
        timers.first { !$0.isDeadline && mayFire($0) } ?? timers.filter(mayFire).min { $0.deadline < $1.deadline }
    }

    mutating func fire(_ timer: RolloutTimer) {
        timers.removeAll { $0 == timer }
        send(.timerFired(timer))
    }

    /// A verdict that probes would reach and that wasn't told yet.
    private func nextVerdict() -> (InstanceID, ProbeVerdict)? {
        for id in probed.sorted() {
            guard let instance = rollout.instances[id], let container = instance.container,
                let found = containers[container], found.isRunning
            else {
                continue
            }
            let fails = qualities[id.revision] == .neverHealthy || sick.contains(container) || found.isSuspended
            let verdict: ProbeVerdict = fails ? .failing("GET / → 503") : .passing
            // Which failure it was doesn't matter here.
            if let known = instance.health, (known == .passing) == (verdict == .passing) { continue }
            return (id, verdict)
        }
        return nil
    }

    /// A container that ends soon after it has got traffic.
    private func nextCrash() -> ContainerID? {
        containers.first { _, found in
            found.isRunning && qualities[found.instance.revision] == .crashes
                && rollout.instances[found.instance]?.phase == .serving
        }?.key
    }
}

extension RolloutAction {
    /// True for what goes through the lane of writes to the kernel, one after the other.
    var isWrite: Bool {
        switch self {
        case .claimAddresses, .configure, .releaseAddresses, .purge, .attach, .setWeight, .drain, .detach: true
        case .pull, .cancelPull, .create, .start, .probe, .stopProbing, .stop, .remove, .removeImages, .setTimer,
            .cancelTimer, .pauseTimer, .resumeTimer, .tell:
            false
        }
    }

    /// Whose command it is.
    var instance: InstanceID? {
        switch self {
        case .create(let id, _, _), .start(let id, _, _), .attach(let id, _, _, _), .drain(let id, _, _),
            .setWeight(let id, _, _, _), .stop(let id, _, _), .detach(let id, _, _), .remove(let id, _),
            .probe(let id, _, _, _, _, _), .stopProbing(let id):
            id
        case .claimAddresses, .configure, .releaseAddresses, .pull, .cancelPull, .purge, .removeImages, .setTimer,
            .cancelTimer, .pauseTimer, .resumeTimer, .tell:
            nil
        }
    }

    var isPull: Bool { if case .pull = self { true } else { false } }
}

extension RolloutTimer {
    /// True for what fires only when something took too long.
    var isDeadline: Bool { deadline > 0 }

    /// Of deadlines, the order in which they pass; 0 for other timers.
    var deadline: Int {
        switch self {
        case .drain: 1
        case .start: 2
        case .healthy: 3
        case .pull: 4
        case .progress: 5
        case .claim: 6
        case .pullRetry, .claimRetry, .minHealthy, .retry, .restart, .document, .withdrawal, .handStop, .hold: 0
        }
    }
}
