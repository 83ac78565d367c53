import Addresses

extension Rollout {
    mutating func apply(_ event: DocumentEvent) {
        switch event {
        case .defined(let revision, let definition): defined(revision, definition)
        case .rejected(let revision, let reasons):
            cancelWithdrawal()
            guard rejection?.revision != revision else { return }
            rejection = Rejection(revision: revision, reasons: reasons)
            tell(.definitionRejected(revision, reasons, kept: current?.revision))
        case .withdrawn:
            guard target != nil || current != nil || rejection != nil, !isWithdrawing else { return ignore() }
            isWithdrawing = true
            emit(.setTimer(.withdrawal, RolloutPolicy.withdrawalGrace))
        case .sourcesAsked(let answers): asked = answers
        }
    }

    private mutating func defined(_ revision: Revision, _ definition: ServiceDefinition) {
        cancelWithdrawal()
        rejection = nil
        // What a person went back to holds whatever the sources say first, as after a restart: another one may have come to
        // count meanwhile. A document that comes later ends it.
        let endsPin = hasBeenDefined
        hasBeenDefined = true
        guard target?.revision != revision else { return redefined(definition) }
        let newest = Deployment(revision: revision, definition: definition)
        target = newest
        unchanged = nil
        if let pin, endsPin {
            self.pin = nil
            tell(.unpinned(pin.deployment.revision))
        }
        if definition.roll == .specification { adoptUnchanged(newest) }
        if let pause, unchanged != revision, revision != current?.revision, revision != candidate?.revision {
            tell(.definitionHeld(revision, image: definition.image, pause))
        }
        if case .failed = management { management = .managed }
        enable()
    }

    /// A service that is to run and has no document doesn't wait for it in silence.
    mutating func awaitDocument() {
        let isAwaited =
            management == .managed && target == nil && current == nil && candidate == nil && rejection == nil
        guard isAwaited != isAwaitingDocument else { return }
        isAwaitingDocument = isAwaited
        isDocumentOverdue = false
        emit(isAwaited ? .setTimer(.document, RolloutPolicy.documentGrace) : .cancelTimer(.document))
    }

    /// The same revision again: only what isn't in the document may have changed, such as the hosts it is meant for.
    private mutating func redefined(_ definition: ServiceDefinition) {
        guard target?.definition.enabled != definition.enabled else { return }
        target?.definition.enabled = definition.enabled
        if current?.revision == target?.revision { current?.definition.enabled = definition.enabled }
        enable()
    }

    /// A service that was switched off by its definition, or withdrawn, is wanted again.
    private mutating func enable() {
        guard goal?.definition.enabled == true else { return }
        switch management {
        // A document that is put back while its service is still leaving finds the manager's unit still active.
        case .disabled, .stopping(.disabled), .stopping(.withdrawn):
            management = .managed
            beginWithNewest()
        case .unmanaged, .managed, .stopping(.manager), .failed: break
        }
    }

    /// A new revision that says the same as the current one, as far as its containers go, takes its place as it is.
    private mutating func adoptUnchanged(_ newest: Deployment) {
        guard management == .managed, let current else { return }
        let definition = effective(newest).definition
        guard definition.isSameSpecification(as: current.definition) else { return }
        unchanged = newest.revision
        self.current?.definition = definition
        for id in instances.keys where id.revision == current.revision { instances[id]?.definition = definition }
        tell(.unchanged(newest.revision, current: current.revision))
    }

    private mutating func cancelWithdrawal() {
        guard isWithdrawing else { return }
        isWithdrawing = false
        emit(.cancelTimer(.withdrawal))
    }

    mutating func withdraw() {
        guard isWithdrawing else { return ignore() }
        isWithdrawing = false
        target = nil
        rejection = nil
        failures = [:]
        fallback = nil
        pin = nil
        pause = nil
        unchanged = nil
        beginStop(.withdrawn)
    }

    // MARK: The manager's unit and the revisions' units

    mutating func apply(_ event: UnitEvent) {
        switch event {
        case .managerStarted(let addresses): managerStarted(addresses)
        case .managerStopRequested:
            switch management {
            case .managed: beginStop(.manager)
            case .failed, .disabled: management = .unmanaged
            case .stopping(.disabled): management = .stopping(.manager)
            case .unmanaged, .stopping: ignore()
            }
        case .unitsTaken(let path): foreignTemplate = path
        case .revisionStopRequested(let revision, let isShutdown):
            guard management == .managed, revision == current?.revision, !isHandStopped else { return ignore() }
            isHandStopped = true
            for id in instances.keys where id.revision == revision { instances[id]?.isRetiring = true }
            emit(.setTimer(.handStop, RolloutPolicy.handStopHold))
            tell(
                isShutdown ? .shutDown(revision) : .handStopped(revision, restartAfter: RolloutPolicy.handStopHold)
            )
        case .revisionStartRequested(let revision):
            guard management == .managed, revision == current?.revision, isHandStopped else { return ignore() }
            isHandStopped = false
            emit(.cancelTimer(.handStop))
        }
    }

    private mutating func managerStarted(_ addresses: [ServiceAddress]?) {
        unitAddresses = addresses
        switch management {
        case .managed, .disabled, .stopping(.disabled): return
        // Its unit goes with it; what is told again after a restart of the daemon brings nothing back.
        case .stopping(.withdrawn) where goal == nil: return
        case .stopping, .unmanaged, .failed:
            // A person who starts the unit of a service of which nothing runs asks to try again.
            if let goal, current == nil { failures[goal.revision] = nil }
            beginWithNewest()
            management = .managed
        }
    }

    /// Of a service that is down the newest revision is started at once, and not the one before it first.
    private mutating func beginWithNewest() {
        // Held by a person, what ran before is what is to run.
        guard pause == nil, let current, let goal, goal.revision != current.revision, goal.revision != unchanged,
            failures[goal.revision] == nil
        else {
            return
        }
        fallback = current
        self.current = nil
    }

    mutating func beginStop(_ reason: RolloutNotice.StopReason) {
        if case .stopping = management { return }
        management = .stopping(reason)
        if current == nil {
            current = fallback
            fallback = nil
        }
        tell(.serviceStopping(reason: reason))
    }

    /// The definition with the addresses that hold: the unit's, where it has one.
    func effective(_ deployment: Deployment) -> Deployment {
        guard let unitAddresses else { return deployment }
        var effective = deployment
        effective.definition.addresses = unitAddresses
        return effective
    }
}
