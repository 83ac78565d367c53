/// The invariants of a rollout, as checks of one step.
///
/// The simulations assert them after every event. The daemon checks them after every event as well, and logs and counts
/// violations.
package enum RolloutChecks {
    /// The invariants that are checked.
    package static let invariants = ["I1", "I2", "I3", "I4", "I5", "I6"]

    /// A violated invariant.
    package struct Violation: Equatable, Sendable, CustomStringConvertible {
        /// The invariant: `I1`…`I6`.
        package let invariant: String
        package let message: String

        package init(invariant: String, message: String) {
            self.invariant = invariant
            self.message = message
        }

        package var description: String { "\(invariant): \(message.prefix(90))" }
    }

    /// The invariants that the step from `before` to `after` by `event`, with these actions, violates.
    package static func violations(
        before: Rollout,
        event: RolloutEvent,
        actions: [RolloutAction],
        after: Rollout
    ) -> [Violation] {
        var found: [Violation] = []
        if let violation = lostService(before, event, after) { found.append(violation) }
        for action in actions {
            if let violation = check(action, event, before: before, after: after) { found.append(violation) }
        }
        if let violation = doubled(after) { found.append(violation) }
        if let candidate = after.candidate, after.failures[candidate.revision] != nil {
            found.append(Violation(invariant: "I6", message: "\(candidate.revision) failed before and is tried again"))
        }
        return found
    }

    /// I1: what serves keeps serving until something else does.
    private static func lostService(_ before: Rollout, _ event: RolloutEvent, _ after: Rollout) -> Violation? {
        guard !before.serving.isEmpty, after.serving.isEmpty, after.management == .managed, !after.units.isHandStopped
        else {
            return nil
        }
        if event.mayEndService { return nil }
        if let current = before.current, current.definition.order == .stopFirst { return nil }
        if let candidate = after.candidate ?? before.candidate, candidate.definition.order == .stopFirst { return nil }
        // The only revision of a service may fail while it serves. Then there is nothing to keep.
        if before.current == nil, after.candidate == nil { return nil }
        return Violation(invariant: "I1", message: "nothing serves after: \(event.text)")
    }

    /// I4: a slot has one instance that isn't retiring, and a container belongs to one instance.
    private static func doubled(_ after: Rollout) -> Violation? {
        var places: Set<String> = []
        var containers: Set<ContainerID> = []
        for instance in after.instances.values {
            if let container = instance.container, !containers.insert(container).inserted {
                return Violation(invariant: "I4", message: "\(container) belongs to two instances")
            }
            guard instance.isAlive, !instance.isRetiring, !instance.isOutdated else { continue }
            if !places.insert("\(instance.id.revision)/\(instance.id.slot)").inserted {
                return Violation(invariant: "I4", message: "\(instance.id) isn't the only one in its slot")
            }
        }
        return nil
    }

    private static func check(
        _ action: RolloutAction,
        _ event: RolloutEvent,
        before: Rollout,
        after: Rollout
    ) -> Violation? {
        switch action {
        case .releaseAddresses(let addresses) where !before.claimed.union(after.claimed).isSuperset(of: addresses):
            return Violation(invariant: "I5", message: "\(addresses) are released and aren't all ours")
        case .configure(let definition), .drain(_, _, let definition), .setWeight(_, _, _, let definition),
            .detach(_, _, let definition):
            guard before.claimed.union(after.claimed).isSuperset(of: definition.addresses) else {
                return Violation(invariant: "I5", message: "\(definition.addresses) are written to and aren't all ours")
            }
        case .attach(let id, _, let weight, _) where weight > 0:
            guard let instance = after.instances[id], instance.isAlive, instance.health == .passing else {
                return Violation(invariant: "I2", message: "\(id) is attached without being healthy")
            }
        case .stop(let id, _, _):
            guard let instance = before.instances[id] else { return nil }
            if case .host(.container(_, .disconnected)) = event { return nil }
            if instance.isServing || instance.phase == .attaching || instance.phase == .ejected {
                return Violation(invariant: "I3", message: "\(id) is stopped while it is a destination")
            }
        case .releaseAddresses, .attach, .claimAddresses, .pull, .cancelPull, .create, .start, .remove, .removeImages,
            .probe,
            .stopProbing, .purge, .setTimer, .cancelTimer, .pauseTimer, .resumeTimer, .tell:
            break
        }
        return nil
    }
}

extension RolloutEvent {
    /// True for events that take an instance out of service, whatever the rollout does.
    fileprivate var mayEndService: Bool {
        switch self {
        case .instance(_, let event): event.endsService
        case .host(.container): true
        case .operator(.drainRequested(_, let isForced)): isForced
        case .host, .operator, .document, .unit, .candidate, .timerFired: false
        }
    }
}

extension InstanceEvent {
    fileprivate var endsService: Bool {
        switch self {
        case .exited: true
        case .created, .createFailed, .started, .startFailed, .attached, .attachFailed, .drained, .drainFailed,
            .stopFailed, .detached, .detachFailed, .removed, .removeFailed, .probed, .exhausted:
            false
        }
    }
}
