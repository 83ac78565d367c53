import Addresses
import TestSupport
import Testing

@testable import ServiceModel

/// I7: the same inputs lead to the same end, however often the daemon is killed in between.
///
/// A script of inputs is played twice: once undisturbed, and once with the daemon killed at random moments: between any
/// two steps, with commands carried out whose answer is lost, and with commands that were never carried out.
@Suite struct ReplayTests {
    @Test(arguments: Worlds.seeds(300))
    func `the same inputs lead to the same end, however often the daemon is killed`(seed: UInt64) throws {
        let script = try InputScript(seed: seed)
        let undisturbed = try script.play(seed: seed, kills: false)
        let killed = try script.play(seed: seed, kills: true)
        for (index, input) in script.inputs.enumerated() where undisturbed.ends[index] != killed.ends[index] {
            Issue.record(
                """
                seed \(seed), after input \(index + 1), \(input):
                undisturbed: \(undisturbed.ends[index])
                killed:      \(killed.ends[index])
                inputs: \(script.inputs.prefix(index + 1))
                \(killed.traces[index])
                """
            )
            break
        }
        #expect(killed.violations.isEmpty, "seed \(seed): \(killed.violations)")
        #expect(undisturbed.violations.isEmpty, "seed \(seed): \(undisturbed.violations)")
    }
}

/// What happens to a service from outside, one input after the other; each is dealt with to its end before the next.
struct InputScript {
    enum Input {
        case define(Int, SimulatedHost.Quality)
        case reject, withdraw, withdrawAndReturn
        case startManager, stopManager
        case stopUnit, retry, pause, resume, rollback, promote, restart
        case drain(slot: Int), undrain(slot: Int)
        case crash(slot: Int), stopByHand(slot: Int), removeByHand(slot: Int), disconnect(slot: Int)
        case sicken(slot: Int), heal(slot: Int), suspend(slot: Int, Bool)
        case killDaemon
    }

    /// What came of a script: after each input a line, and how it came to it.
    struct Outcome {
        var ends: [String] = []
        var traces: [String] = []
        var violations: [RolloutChecks.Violation] = []
    }

    private(set) var inputs: [Input] = [.startManager]
    private let replicas: Int
    private let order: RolloutOrder

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &* 31)
        replicas = seed.isMultiple(of: 3) ? 3 : seed.isMultiple(of: 2) ? 2 : 1
        order = seed.isMultiple(of: 7) ? .stopFirst : .startFirst
        var revisions = 0
        for _ in 0..<14 {
            let slot = Int.random(in: 1...replicas, using: &generator)
            switch Int.random(in: 0..<24, using: &generator) {
            case 0...6:
                revisions += 1
                let quality =
                    generator.once(in: 2) ? .good : SimulatedHost.Quality.allCases.randomElement(using: &generator)
                inputs.append(.define(revisions, quality ?? .good))
            case 7: inputs.append(.crash(slot: slot))
            case 8: inputs.append(.stopByHand(slot: slot))
            case 9: inputs.append(.removeByHand(slot: slot))
            case 10: inputs.append(.sicken(slot: slot))
            case 11: inputs.append(.heal(slot: slot))
            case 12: inputs.append(.pause)
            case 13: inputs.append(.resume)
            case 14: inputs.append(.rollback)
            case 15: inputs.append(.restart)
            case 16: inputs.append(.drain(slot: slot))
            case 17: inputs.append(.undrain(slot: slot))
            case 18: inputs.append(generator.once(in: 2) ? .stopUnit : .retry)
            case 19: inputs.append(generator.once(in: 2) ? .withdraw : .withdrawAndReturn)
            case 20: inputs.append(.stopManager)
            case 21: inputs.append(.startManager)
            case 22: inputs.append(.suspend(slot: slot, generator.once(in: 2)))
            default: inputs.append(generator.once(in: 2) ? .reject : .disconnect(slot: slot))
            }
        }
    }

    func play(seed: UInt64, kills: Bool) throws -> Outcome {
        var host = try SimulatedHost(seed: kills ? seed : seed &+ 1_000_000)
        host.hasFaults = false
        var outcome = Outcome()
        for (index, input) in inputs.enumerated() {
            host.input = index
            var left = 6
            try apply(input, to: &host)
            host.settle(kills: { host in
                guard kills, left > 0, host.generator.once(in: 8) else { return false }
                left -= 1
                return true
            })
            outcome.ends.append(Self.end(of: host))
            outcome.traces.append(host.trace)
        }
        outcome.violations = host.violations
        return outcome
    }

    private func definition(_ number: Int) throws -> ServiceDefinition {
        try RandomWorldTests.definition(number, replicas: replicas, order: order)
    }

    private func apply(_ input: Input, to host: inout SimulatedHost) throws {
        let note = OperatorNote(by: "anna")
        switch input {
        case .define(let number, let quality):
            let revision = try Revision("\(number)-abcdef")
            host.qualities[revision] = quality
            host.send(.document(.defined(revision, try definition(number))))
        case .reject: host.send(.document(.rejected(try Revision("999-abcdef"), ["port: expected a number"])))
        case .withdraw: host.send(.document(.withdrawn))
        case .withdrawAndReturn:
            let document = host.document
            host.send(.document(.withdrawn))
            if let document { host.send(document) }
        case .startManager: host.send(.unit(.managerStarted(nil)))
        case .stopManager: host.send(.unit(.managerStopRequested))
        case .stopUnit:
            if let current = host.rollout.current { host.send(.unit(.revisionStopRequested(current.revision))) }
        case .retry: host.send(.operator(.retryRequested))
        case .pause: host.send(.operator(.pauseRequested(note)))
        case .resume: host.send(.operator(.resumeRequested))
        case .rollback:
            guard let revision = host.rollout.kept.dropFirst().first, let definition = host.definitions[revision] else {
                return
            }
            host.send(.operator(.rollbackRequested(revision, definition, note)))
        case .promote: host.send(.operator(.promoteRequested))
        case .restart: host.send(.operator(.restartRequested(note)))
        case .drain(let slot):
            if let id = instance(slot, host) { host.send(.operator(.drainRequested(id, isForced: false))) }
        case .undrain(let slot): if let id = instance(slot, host) { host.send(.operator(.undrainRequested(id))) }
        case .crash(let slot): if let container = container(slot, host) { host.crash(container, ExitReport(code: 1)) }
        case .stopByHand(let slot):
            if let container = container(slot, host) { host.crash(container, ExitReport(code: 0, isByHand: true)) }
        case .removeByHand(let slot): if let container = container(slot, host) { host.vanish(container) }
        case .disconnect(let slot): if let id = instance(slot, host) { host.loseNetwork(id) }
        case .sicken(let slot): if let container = container(slot, host) { host.sick.insert(container) }
        case .heal(let slot): if let container = container(slot, host) { host.sick.remove(container) }
        case .suspend(let slot, let isSuspended):
            if let id = instance(slot, host) { host.suspend(id, isSuspended) }
        case .killDaemon: host.restartDaemon()
        }
    }

    private func instance(_ slot: Int, _ host: SimulatedHost) -> InstanceID? {
        host.rollout.instances.keys.sorted().first { $0.slot == slot }
    }

    private func container(_ slot: Int, _ host: SimulatedHost) -> ContainerID? {
        instance(slot, host).flatMap { host.rollout.instances[$0]?.container }
    }

    /// Everything that a person or a client can tell apart, but how often was tried.
    private static func end(of host: SimulatedHost) -> String {
        let rollout = host.rollout
        let containers = host.containers
            .map { id, found -> String in
                let weights = host.table.sorted { $0.key < $1.key }
                    .map { address, destinations in
                        found.endpoint.flatMap { destinations[$0] }.map { "\(address) weight \($0)" } ?? "no traffic"
                    }
                let name = "\(found.instance.revision)/\(found.instance.slot)"
                return "\(name) of input \(found.born) \(found.isRunning ? "runs" : "ended") \(weights)"
            }
            .sorted()
        let failures = rollout.failures.byRevision.map { "\($0.key) in \($0.value.phase.rawValue)" }.sorted()
        let wishes = rollout.managerUnit.map { "\($0)" } ?? "none"
        return """
            \(rollout.status.state.rawValue), \(rollout.management), manager's unit \(wishes), \
            current \(rollout.current?.revision.description ?? "none"), wanted \(rollout.goal?.revision.description ?? "none"), \
            candidate \(rollout.candidate.map { "\($0.revision) \($0.stage.name)" } ?? "none"), \
            pinned \(rollout.pin?.deployment.revision.description ?? "none"), \(rollout.pause == nil ? "" : "paused, ")\
            rejected \(rollout.rejection?.revision.description ?? "none"), failed \(failures), \
            kept \(rollout.kept.map(\.description)), \
            drained by hand \(rollout.instances.values.filter(\.isHandDrained).map(\.id.slot).sorted()), \
            virtual services \(host.table.keys.sorted().map(\.description)), \(containers)
            """
    }
}
