import Addresses
import ServiceModel

/// The promises, as far as the host can see them: I3 and I5 when something is done, I2 when it is ordered, I1, I4 and I8
/// after each step.
extension SimulatedHost {
    mutating func check() {
        checkDeadlines()
        checkContainers()
        checkTraffic()
    }

    private mutating func broken(_ invariant: String, _ message: String) {
        violations.append(.init(invariant: invariant, message: message))
    }

    /// I2: what is given traffic runs.
    mutating func checkOrder(_ action: RolloutAction) {
        guard case .attach(let id, let destinations, let weight, _) = action, weight > 0 else { return }
        guard let container = rollout.instances[id]?.container, let found = containers[container] else { return }
        for endpoint in destinations.values where !found.isRunning || found.endpoint != endpoint {
            broken("I2", "\(id) doesn't run at \(endpoint)")
        }
    }

    /// I3: nothing is told to stop while it takes new connections, unless the kernel couldn't be told in time.
    mutating func checkStop(_ id: InstanceID, _ container: ContainerID) {
        guard let endpoint = containers[container]?.endpoint, containers[container]?.isRunning == true else { return }
        let weight = table.values.compactMap { $0[endpoint] }.max() ?? 0
        if weight > 0, !isCutOff.contains(id) { broken("I3", "\(id) has weight \(weight) and is told to stop") }
    }

    /// I4: each container is one instance's, or is about to be.
    private mutating func checkContainers() {
        let known = Set(rollout.instances.values.compactMap(\.container))
        for (container, found) in containers where !known.contains(container) && !found.isUnlabelled {
            guard rollout.instances[found.instance] == nil else { continue }
            broken("I4", "\(container) of \(found.instance) belongs to nothing")
        }
    }

    /// I1: as long as an instance is in service, and neither a person nor the kernel was in the way, it has traffic.
    private mutating func checkTraffic() {
        guard outstanding.isEmpty, stalled.isEmpty, rollout.management == .managed else { return }
        for instance in rollout.serving where instance.endpoint != nil && !timers.contains(.retry(instance.id)) {
            for address in instance.definition.addresses {
                guard let endpoint = instance.endpoint, table[address]?[endpoint] == instance.weight else {
                    broken("I1", "\(instance.id) is in service and isn't in the table with weight \(instance.weight)")
                    continue
                }
            }
        }
    }

    /// I8: whatever waits is watched by a timer, or has a command that will be answered.
    private mutating func checkDeadlines() {
        for instance in rollout.instances.values where !isWatched(instance) {
            broken("I8", "\(instance.id) waits in \(instance.phase) for nothing")
        }
        if let candidate = rollout.candidate, !isWatched(candidate) {
            broken("I8", "the candidate \(candidate.revision) waits in \(candidate.stage.name) for nothing")
        }
        if rollout.document.isWithdrawing, !timers.contains(.withdrawal) {
            broken("I8", "a withdrawal waits for nothing")
        }
        if rollout.units.isHandStopped, rollout.management == .managed, rollout.pause == nil,
            !timers.contains(.handStop)
        {
            broken("I8", "a stop by hand waits for nothing")
        }
        for (slot, restart) in rollout.restarts where restart.isWaiting && rollout.management == .managed {
            if rollout.pause != nil, restart.isByHand { continue }
            if !timers.contains(.restart(slot: slot)) { broken("I8", "slot \(slot) waits for nothing") }
        }
        if case .stopping = rollout.management, rollout.instances.isEmpty, !isOrdered(\.isClaimOrRelease) {
            broken("I8", "the service's stop waits for nothing")
        }
    }

    private func isOrdered(_ matches: (RolloutAction) -> Bool) -> Bool {
        outstanding.contains(where: matches) || stalled.contains(where: matches)
    }

    private func isWatched(_ instance: Instance) -> Bool {
        let id = instance.id
        // Docker is about to tell how it ended.
        if instance.processHasEnded {
            return unreported.contains(id) || !instance.isAlive || isOrdered { $0.instance == id }
        }
        let isOrdered = isOrdered { $0.instance == id } || timers.contains(.retry(id))
        switch instance.phase {
        // It is where it is to be; a candidate's has to settle.
        case .serving, .ejected:
            guard instance.phase == .serving, id.revision == rollout.candidate?.revision, !instance.isSettled else {
                return true
            }
            return timers.contains(.minHealthy(id))
        // The line moves on by itself: whoever has a turn has a deadline.
        case .queued: return instance.isRetiring || turns[.start(id)] == false
        case .probing: return timers.contains(.healthy(id))
        case .creating, .starting:
            guard instance.isRetiring || turns[.start(id)] == true else { return false }
            return isOrdered && (instance.isRetiring || timers.contains(.start(id)))
        case .draining: return timers.contains(.drain(id))
        // It waits with the pause.
        case .removing where instance.isKept && rollout.pause != nil: return true
        case .attaching, .stopping, .detaching, .removing: return isOrdered
        }
    }

    private func isWatched(_ candidate: Candidate) -> Bool {
        let revision = candidate.revision
        let isPaused = rollout.pause != nil
        switch candidate.stage {
        case .claiming(let claiming):
            let isBounded =
                claiming.refusal == nil || timers.contains(.claim(revision)) || pausedTimers.contains(.claim(revision))
            return isBounded && timers.contains(.claimRetry(revision))
                || isOrdered { if case .claimAddresses(revision, _) = $0 { true } else { false } }
        case .pulling(let pulling):
            if pulling.step == .inLine { return turns[.pull(revision)] == false }
            return timers.contains(.pull(revision)) && (timers.contains(.pullRetry(revision)) || isOrdered(\.isPull))
        case .running where pausedTimers.contains(.progress(revision)):
            return rollout.instances.values.contains { $0.id.revision == revision && $0.phase == .queued }
        case .clearing, .running: return isPaused || timers.contains(.progress(revision))
        case .holding: return timers.contains(.hold(revision)) || isPaused && pausedTimers.contains(.hold(revision))
        }
    }
}

extension RolloutAction {
    fileprivate var isClaimOrRelease: Bool {
        switch self {
        case .claimAddresses, .releaseAddresses: true
        default: false
        }
    }
}
