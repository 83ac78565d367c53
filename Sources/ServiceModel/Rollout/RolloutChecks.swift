/// The promises of a rollout, as checks over one step.
///
/// The simulation asserts them after every event; the daemon counts violations as a metric.
package enum RolloutChecks {
    /// A promise that was broken, and how.
    package struct Violation: Equatable, Sendable, CustomStringConvertible {
        /// Which: `I1`…`I6`.
        package let invariant: String
        package let message: String

        package init(invariant: String, message: String) {
            self.invariant = invariant
            self.message = message
        }

        package var description: String { "\(invariant): \(message.prefix(90))" }
    }

    /// What the step from `before` to `after` by `event`, with these actions, breaks.
    package static func violations(
        before: Rollout,
        event: RolloutEvent,
        actions: [RolloutAction],
        after: Rollout
    ) -> [Violation] {
        var found: [Violation] = []
        if let violation = lostService(before, event, after) { found.append(violation) }
        for action in actions {
            if let violation = check(action, before: before, after: after) { found.append(violation) }
        }
        if let candidate = after.candidate, after.failures[candidate.revision] != nil {
            found.append(Violation(invariant: "I6", message: "\(candidate.revision) failed before and is tried again"))
        }
        return found
    }

    /// I1: what serves goes on serving until something else does.
    private static func lostService(_ before: Rollout, _ event: RolloutEvent, _ after: Rollout) -> Violation? {
        guard !before.serving.isEmpty, after.serving.isEmpty, after.management == .managed, !after.isHandStopped else {
            return nil
        }
        switch event {
        case .exited, .vanished: return nil
        default: break
        }
        if let candidate = after.candidate ?? before.candidate, candidate.definition.order == .stopFirst { return nil }
        // The only revision of a service may fail while it serves: then there is nothing to keep.
        if before.current == nil, after.candidate == nil { return nil }
        return Violation(invariant: "I1", message: "nothing serves after \(event)")
    }

    private static func check(_ action: RolloutAction, before: Rollout, after: Rollout) -> Violation? {
        switch action {
        case .attach(let id, _, let weight, _) where weight > 0:
            guard let instance = after.instances[id], instance.isAlive, instance.health == .passing else {
                return Violation(invariant: "I2", message: "\(id) is attached without being healthy")
            }
        case .stop(let id, _, _):
            guard let instance = before.instances[id] else { return nil }
            if instance.isServing || instance.phase == .attaching || instance.phase == .ejected {
                return Violation(invariant: "I3", message: "\(id) is stopped while it is a destination")
            }
        default: break
        }
        return nil
    }
}
