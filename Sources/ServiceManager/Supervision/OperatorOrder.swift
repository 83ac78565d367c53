package import ServiceModel

/// What a person asks of one service.
package enum OperatorOrder: Equatable, Sendable {
    case retry
    case pause
    case resume
    /// To a kept revision: whole, or the beginning of it; nil: the one before the current.
    case rollback(String?)
    case promote
    /// A slot's number, or the beginning of a container's id.
    case drain(String, isForced: Bool)
    /// Nil: all that are drained.
    case undrain(String?)
    case restart
}

/// Why an order makes no sense in the state that a service is in, and what to do instead.
package struct OperatorRefusal: Error, Equatable, Sendable {
    package var message: String
    package var next: String

    init(_ message: String, next: String) {
        self.message = message
        self.next = next
    }
}

/// An order, as the events that carry it out.
package struct OperatorPlan: Equatable, Sendable {
    package var events: [RolloutEvent]
    /// What follows, in a sentence.
    package var message: String

    init(_ event: RolloutEvent, _ message: String) {
        events = [event]
        self.message = message
    }

    /// Looks whether an order makes sense, and what it comes to.
    ///
    /// - Parameters:
    ///   - order: What a person asks.
    ///   - note: Who asks, and why.
    ///   - rollout: The service as it is.
    ///   - definition: The kept definition of a revision.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package init(
        _ order: OperatorOrder,
        _ note: OperatorNote,
        for rollout: Rollout,
        definition: (Revision) -> ServiceDefinition?
    ) throws(OperatorRefusal) {
        let name = rollout.service
        switch order {
        case .retry:
            guard let goal = rollout.goal, rollout.failures[goal.revision] != nil else {
                throw OperatorRefusal("\(name) has no failed revision to retry", next: "smctl status \(name)")
            }
            self.init(.operator(.retryRequested), "\(goal.revision) is tried again")
        case .pause:
            if let pause = rollout.pause {
                throw OperatorRefusal("\(name) is paused already, by \(pause.by)", next: "smctl resume \(name)")
            }
            self.init(
                .operator(.pauseRequested(note)),
                "paused: no rollout begins or continues until `smctl resume \(name)`"
            )
        case .resume: try self.init(resuming: rollout)
        case .rollback(let revision): try self.init(rollback: revision, note, rollout, definition)
        case .promote:
            guard rollout.holdingCanary != nil, let candidate = rollout.candidate else {
                throw OperatorRefusal("\(name) has no canary to promote", next: "smctl status \(name)")
            }
            if rollout.pause != nil {
                throw OperatorRefusal("\(name) is paused", next: "smctl resume \(name), then promote")
            }
            self.init(.operator(.promoteRequested), "\(candidate.revision) takes over")
        case .drain(let backend, let isForced): try self.init(draining: backend, isForced: isForced, rollout)
        case .undrain(let backend): try self.init(undraining: backend, rollout)
        case .restart:
            guard rollout.management == .managed, let current = rollout.current else {
                throw OperatorRefusal("nothing of \(name) runs", next: "systemctl start \(name)@manager")
            }
            guard rollout.candidate == nil else {
                throw OperatorRefusal("\(name) is being rolled out", next: "smctl status \(name) --watch")
            }
            self.init(
                .operator(.restartRequested(note)),
                "the containers of \(current.revision) are replaced by new ones"
            )
        }
    }

    private init(resuming rollout: Rollout) throws(OperatorRefusal) {
        if rollout.pause != nil {
            self.init(.operator(.resumeRequested), "resumed")
        } else if let pin = rollout.pin {
            self.init(
                .operator(.resumeRequested),
                "the rollback to \(pin.deployment.revision) is over: \(rollout.target.map { "\($0.revision)" } ?? "nothing newer") is wanted again"
            )
        } else {
            throw OperatorRefusal(
                "\(rollout.service) is neither paused nor rolled back",
                next: "smctl status \(rollout.service)"
            )
        }
    }

    private init(
        rollback text: String?,
        _ note: OperatorNote,
        _ rollout: Rollout,
        _ definition: (Revision) -> ServiceDefinition?
    ) throws(OperatorRefusal) {
        let name = rollout.service
        let kept = rollout.kept
        let list = kept.map(\.description).joined(separator: ", ")
        if rollout.pause != nil {
            throw OperatorRefusal("\(name) is paused", next: "smctl resume \(name), then roll back")
        }
        switch rollout.management {
        case .managed, .failed: break
        case .unmanaged, .stopping, .disabled:
            throw OperatorRefusal("\(name) doesn't run", next: "systemctl start \(name)@manager")
        }
        // In mid-rollout the current revision itself is what to go back to.
        let running = rollout.candidate == nil ? rollout.current?.revision : nil
        let matching = kept.filter { revision in
            text.map { revision.rawValue.hasPrefix($0) } ?? (revision != running)
        }
        guard let revision = matching.first else {
            throw OperatorRefusal(
                text.map { "\($0) is no kept revision of \(name)" } ?? "\(name) has no earlier revision",
                next: kept.isEmpty ? "save an earlier document again" : "kept are: \(list)"
            )
        }
        if let text, Set(matching).count > 1 {
            throw OperatorRefusal("ambiguous revision prefix \(text)", next: "kept are: \(list)")
        }
        guard revision != running else {
            throw OperatorRefusal("\(revision) is what runs", next: "kept are: \(list)")
        }
        guard let definition = definition(revision) else {
            throw OperatorRefusal(
                "the kept definition of \(revision) can't be read",
                next: "save that document again"
            )
        }
        self.init(
            .operator(.rollbackRequested(revision, definition, note)),
            "rolling back to \(revision); it stays until `smctl resume \(name)` or a newer revision"
        )
    }

    private init(draining backend: String, isForced: Bool, _ rollout: Rollout) throws(OperatorRefusal) {
        let instance = try Self.instance(backend, rollout)
        guard !instance.isHandDrained else {
            throw OperatorRefusal("\(instance.id) is drained already", next: "smctl undrain \(rollout.service)")
        }
        if instance.isServing, rollout.serving.count == 1, !isForced {
            throw OperatorRefusal(
                "\(instance.id) is the last backend that serves: without it every request fails",
                next: "add --force if that is meant"
            )
        }
        self.init(
            .operator(.drainRequested(instance.id, isForced: isForced)),
            "\(instance.id) gets no new connections; it keeps running until `smctl undrain \(rollout.service)`"
        )
    }

    private init(undraining backend: String?, _ rollout: Rollout) throws(OperatorRefusal) {
        var drained = rollout.instances.values.filter(\.isHandDrained).sorted { $0.id < $1.id }
        if let backend {
            let instance = try Self.instance(backend, rollout)
            drained.removeAll { $0.id != instance.id }
        }
        guard let first = drained.first else {
            throw OperatorRefusal(
                "no such backend of \(rollout.service) is drained by hand",
                next: "smctl status \(rollout.service) --wide"
            )
        }
        self.init(
            .operator(.undrainRequested(first.id)),
            "\(drained.map(\.id.description).joined(separator: ", ")) may serve again"
        )
        events = drained.map { .operator(.undrainRequested($0.id)) }
    }

    private static func instance(_ text: String, _ rollout: Rollout) throws(OperatorRefusal) -> Instance {
        let all = rollout.instances.values.filter { $0.isAlive && !$0.isRetiring }
        let matching = all.filter { instance in
            if let slot = Int(text), text.count < 4 { return instance.id.slot == slot }
            return instance.container?.rawValue.hasPrefix(text) ?? false
        }
        guard let instance = matching.first, matching.count == 1 else {
            throw OperatorRefusal(
                matching.isEmpty
                    ? "\(rollout.service) has no backend \(text)"
                    : "several backends of \(rollout.service) match \(text)",
                next: "smctl status \(rollout.service) --wide lists their slots and containers"
            )
        }
        return instance
    }
}
