/// A person's request to a service, as the events that carry it out.
package struct OperatorPlan: Equatable, Sendable {
    package var events: [RolloutEvent]
    /// What follows, in a sentence.
    package var message: String

    package init(_ events: RolloutEvent..., message: String) {
        self.events = events
        self.message = message
    }
}

/// Each plan checks whether the request makes sense in the service's present state, and throws `OperatorRefusal` if it doesn't.
extension OperatorPlan {
    /// Tries the failed revision again.
    ///
    /// - Parameters:
    ///   - rollout: The service as it is.
    ///   - left: After which time the one that is still being tried is given up; nil when that isn't known.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func retry(_ rollout: Rollout, left: Duration? = nil) throws(OperatorRefusal) -> OperatorPlan {
        let goal = try rollout.retryable(left: left)
        return OperatorPlan(.operator(.retryRequested), message: "\(goal.revision) is tried again")
    }

    /// Pauses the service.
    ///
    /// - Parameters:
    ///   - rollout: The service.
    ///   - note: Who asks, and why.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func pause(_ rollout: Rollout, _ note: OperatorNote) throws(OperatorRefusal) -> OperatorPlan {
        let name = rollout.service
        if let pause = rollout.pause {
            throw OperatorRefusal("\(name) is already paused, by \(pause.by)", next: "smctl resume \(name)")
        }
        return OperatorPlan(
            .operator(.pauseRequested(note)),
            message: "paused: no rollout begins or continues until `smctl resume \(name)`"
        )
    }

    /// Ends a pause, or, without one, the pin of a rollback.
    package static func resume(_ rollout: Rollout) throws(OperatorRefusal) -> OperatorPlan {
        if rollout.pause != nil { return OperatorPlan(.operator(.resumeRequested), message: "resumed") }
        guard let pin = rollout.pin else {
            throw OperatorRefusal(
                "\(rollout.service) is neither paused nor rolled back",
                next: "smctl status \(rollout.service)"
            )
        }
        return OperatorPlan(
            .operator(.resumeRequested),
            message: "the rollback to \(pin.deployment.revision) has ended: \(whatFollows(rollout))"
        )
    }

    /// What happens to the newest document after a rollback.
    private static func whatFollows(_ rollout: Rollout) -> String {
        guard let target = rollout.target?.revision else { return "there is no newer revision" }
        if rollout.failures[target] != nil {
            return "\(target) has failed before and isn't tried again by itself: smctl retry \(rollout.service)"
        }
        return target == rollout.current?.revision ? "\(target) runs already" : "\(target) is rolled out"
    }

    /// Gives up the rollout that is in progress.
    ///
    /// - Parameters:
    ///   - rollout: The service as it is.
    ///   - note: Who asks, and why.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func abort(_ rollout: Rollout, _ note: OperatorNote) throws(OperatorRefusal) -> OperatorPlan {
        let candidate = try rollout.abortable()
        let kept = rollout.current.map { "\($0.revision) stays" } ?? "nothing else is there to serve"
        return OperatorPlan(
            .operator(.abortRequested(note)),
            message: "\(candidate.revision) is given up, and \(kept); smctl retry \(rollout.service) tries it again"
        )
    }

    /// Rolls back to a kept revision.
    ///
    /// - Parameters:
    ///   - rollout: The service.
    ///   - text: The revision, or the beginning of it; nil for the one before the current revision.
    ///   - note: Who asks, and why.
    ///   - policy: What definitions may ask of this host by now.
    ///   - definition: The kept definition of a revision.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func rollback(
        _ rollout: Rollout,
        to text: String?,
        _ note: OperatorNote,
        policy: Policy = Policy(),
        definition: (Revision) -> ServiceDefinition?
    ) throws(OperatorRefusal) -> OperatorPlan {
        let name = rollout.service
        let kept = rollout.kept
        let list = kept.map(\.description).joined(separator: ", ")
        try rollout.checkRollback()
        // During a rollout, the current revision itself is the one to roll back to.
        let running = rollout.candidate == nil ? rollout.current?.revision : nil
        let matching = kept.filter { revision in
            text.map { revision.rawValue.hasPrefix($0) } ?? (revision != running)
        }
        guard let revision = matching.first else {
            throw OperatorRefusal(
                text.map { "\($0) isn't a kept revision of \(name)" } ?? "\(name) has no earlier revision",
                next: kept.isEmpty ? "save an earlier document again" : "kept revisions: \(list)"
            )
        }
        if let text, Set(matching).count > 1 {
            throw OperatorRefusal("ambiguous revision prefix \(text)", next: "kept revisions: \(list)")
        }
        guard revision != running else {
            throw OperatorRefusal("\(revision) already runs", next: "kept revisions: \(list)")
        }
        guard let definition = definition(revision) else {
            throw OperatorRefusal(
                "the kept definition of \(revision) can't be read",
                next: "save that document again"
            )
        }
        if let violation = policy.violations(of: definition).first {
            throw OperatorRefusal(
                "\(revision) isn't allowed on this host any more: \(violation)",
                next: "kept are: \(list)"
            )
        }
        return OperatorPlan(
            .operator(.rollbackRequested(revision, definition, note)),
            message: "rolling back to \(revision); it stays until `smctl resume \(name)` or a newer revision"
        )
    }

    /// Lets the canary take over.
    package static func promote(_ rollout: Rollout) throws(OperatorRefusal) -> OperatorPlan {
        let candidate = try rollout.promotable()
        return OperatorPlan(.operator(.promoteRequested), message: "\(candidate.revision) takes over")
    }

    /// Takes a backend out of service.
    ///
    /// - Parameters:
    ///   - rollout: The service.
    ///   - backend: A slot's number, or the beginning of a container's id.
    ///   - isForced: Whether to drain it even when no other backend serves.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func drain(
        _ rollout: Rollout,
        _ backend: String,
        isForced: Bool
    ) throws(OperatorRefusal) -> OperatorPlan {
        let id = try rollout.drainable(find(backend, in: rollout), isForced: isForced).id
        return OperatorPlan(
            .operator(.drainRequested(id, isForced: isForced)),
            message: "\(id) gets no new connections; it keeps running until `smctl undrain \(rollout.service)`"
        )
    }

    /// Puts drained backends back into service.
    ///
    /// - Parameters:
    ///   - rollout: The service.
    ///   - backend: As for ``drain(_:_:isForced:)``; nil for all drained backends.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func undrain(_ rollout: Rollout, _ backend: String?) throws(OperatorRefusal) -> OperatorPlan {
        var drained = rollout.instances.values.filter(\.isHandDrained).sorted { $0.id < $1.id }
        if let backend {
            let id = try find(backend, in: rollout)
            drained.removeAll { $0.id != id }
        }
        guard !drained.isEmpty else {
            throw OperatorRefusal(
                "no such backend of \(rollout.service) is drained by hand",
                next: "smctl status \(rollout.service) --wide"
            )
        }
        var plan = OperatorPlan(
            message: "\(drained.map(\.id.description).joined(separator: ", ")) may serve again"
        )
        plan.events = drained.map { .operator(.undrainRequested($0.id)) }
        return plan
    }

    /// Replaces the containers of the current revision.
    ///
    /// - Parameters:
    ///   - rollout: The service.
    ///   - note: Who asks, and why.
    /// - Returns: The plan.
    /// - Throws: `OperatorRefusal` where it makes no sense now.
    package static func restart(_ rollout: Rollout, _ note: OperatorNote) throws(OperatorRefusal) -> OperatorPlan {
        let current = try rollout.restartable()
        return OperatorPlan(
            .operator(.restartRequested(note)),
            message: "the containers of \(current.revision) are replaced by new ones"
        )
    }

    /// Starts the service; its unit is what is started.
    package static func start(_ rollout: Rollout) throws(OperatorRefusal) -> OperatorPlan {
        try rollout.checkStart()
        return OperatorPlan(message: "\(rollout.service)@manager is started")
    }

    /// Stops all of the service; its unit is what is stopped.
    package static func stop(_ rollout: Rollout) throws(OperatorRefusal) -> OperatorPlan {
        try rollout.checkStop()
        return OperatorPlan(
            message: "\(rollout.service)@manager is stopped: all of it is drained, stopped and removed, until "
                + "`smctl start \(rollout.service)` or a start of Docker"
        )
    }

    private static func find(_ text: String, in rollout: Rollout) throws(OperatorRefusal) -> InstanceID {
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
        return instance.id
    }
}
