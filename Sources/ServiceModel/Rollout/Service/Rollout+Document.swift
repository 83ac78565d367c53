extension Rollout {
    mutating func apply(_ event: DocumentEvent) {
        switch event {
        case .defined(let revision, let definition): defined(revision, definition)
        case .rejected(let revision, let reasons):
            cancelWithdrawal()
            guard rejection?.revision != revision else { return }
            document.rejection = ServiceDocument.Rejection(revision: revision, reasons: reasons)
            tell(.definitionRejected(revision, reasons, kept: current?.revision))
        case .withdrawn:
            guard target != nil || current != nil || rejection != nil, !document.isWithdrawing else {
                return ignore()
            }
            document.isWithdrawing = true
            emit(.setTimer(.withdrawal, RolloutPolicy.withdrawalGrace))
        case .sourcesAsked(let answers): document.asked = answers
        }
    }

    private mutating func defined(_ revision: Revision, _ definition: ServiceDefinition) {
        cancelWithdrawal()
        document.rejection = nil
        // What a person went back to holds whatever the sources say first, as after a restart: another one may have come to
        // count meanwhile. A document that comes later ends it.
        let endsPin = document.hasBeenDefined
        document.hasBeenDefined = true
        guard target?.revision != revision else { return redefined(definition) }
        let newest = Deployment(revision: revision, definition: definition)
        revisions.target = newest
        revisions.unchanged = nil
        if units.manager == .missing { units.manager = .awaited }
        if let pin, endsPin {
            revisions.pin = nil
            tell(.unpinned(pin.deployment.revision))
        }
        if definition.roll == .specification { adoptUnchanged(newest) }
        if let pause, revisions.unchanged != revision, revision != current?.revision, revision != candidate?.revision {
            tell(.definitionHeld(revision, image: definition.image, pause))
        }
        if case .failed = management { management = .managed }
        enable()
    }

    /// A service that is to run and has no document doesn't wait for it in silence.
    mutating func awaitDocument() {
        let isAwaited =
            management == .managed && target == nil && current == nil && candidate == nil && rejection == nil
        guard isAwaited != document.isAwaited else { return }
        document.isAwaited = isAwaited
        document.isOverdue = false
        emit(isAwaited ? .setTimer(.document, RolloutPolicy.documentGrace) : .cancelTimer(.document))
    }

    /// The same revision again: only what isn't in the document may have changed, such as the hosts it is meant for.
    private mutating func redefined(_ definition: ServiceDefinition) {
        guard target?.definition.enabled != definition.enabled else { return }
        revisions.target?.definition.enabled = definition.enabled
        if current?.revision == target?.revision { revisions.current?.definition.enabled = definition.enabled }
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
        revisions.unchanged = newest.revision
        revisions.current?.definition = definition
        for id in instances.keys where id.revision == current.revision { instances[id]?.definition = definition }
        tell(.unchanged(newest.revision, current: current.revision))
    }

    private mutating func cancelWithdrawal() {
        guard document.isWithdrawing else { return }
        document.isWithdrawing = false
        emit(.cancelTimer(.withdrawal))
    }

    mutating func withdraw() {
        guard document.isWithdrawing else { return ignore() }
        document.isWithdrawing = false
        document.rejection = nil
        revisions.target = nil
        revisions.failures = RevisionFailures()
        revisions.fallback = nil
        revisions.pin = nil
        revisions.unchanged = nil
        orders.pause = nil
        beginStop(.withdrawn)
    }
}
