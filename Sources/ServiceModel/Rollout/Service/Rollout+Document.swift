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
        // A rollback survives the first report of the sources, for example after a restart, because another source may count
        // now. A later document ends it.
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

    /// Sets a timer for a managed service without a document, so that the wait is shown.
    mutating func awaitDocument() {
        let isAwaited =
            management == .managed && target == nil && current == nil && candidate == nil && rejection == nil
        guard isAwaited != document.isAwaited else { return }
        document.isAwaited = isAwaited
        document.isOverdue = false
        emit(isAwaited ? .setTimer(.document, RolloutPolicy.documentGrace) : .cancelTimer(.document))
    }

    /// Handles the same revision again.
    ///
    /// Only what isn't part of the document can have changed, such as this host's name.
    private mutating func redefined(_ definition: ServiceDefinition) {
        guard target?.definition.enabled != definition.enabled else { return }
        revisions.target?.definition.enabled = definition.enabled
        if current?.revision == target?.revision { revisions.current?.definition.enabled = definition.enabled }
        enable()
    }

    /// Manages a service again that its definition had disabled, or whose document was deleted.
    private mutating func enable() {
        guard goal?.definition.enabled == true else { return }
        switch management {
        // If a document is restored while its service is still leaving, the manager's unit is still active.
        case .disabled, .stopping(.disabled), .stopping(.withdrawn):
            management = .managed
            beginWithNewest()
        case .unmanaged, .managed, .stopping(.manager), .failed: break
        }
    }

    /// Makes a new revision current without a rollout, if its containers would be the same.
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
