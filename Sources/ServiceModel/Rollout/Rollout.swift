/// Everything that is decided about one service: which revision runs, which replaces it, and what happens next.
///
/// It is a pure value. `handle` takes what happened, and returns what to do. It has no clock, no I/O and no randomness, so the
/// same events lead to the same state. Unexpected events are ignored: a late or repeated answer finds its instance in another
/// phase, or removed.
///
/// ```
///  events ─► handle ─► apply (what happened) ─► advance (what follows) ─► actions
/// ```
package struct Rollout: Equatable, Sendable {
    package let service: ServiceID
    package internal(set) var management: Management = .unmanaged
    package internal(set) var document = ServiceDocument()
    package internal(set) var revisions = Revisions()
    package internal(set) var orders = StandingOrders()
    package internal(set) var units = ServiceUnits()
    package internal(set) var claims = ServiceClaims()
    /// The revision that is about to become current.
    package internal(set) var candidate: Candidate?
    package internal(set) var instances: [InstanceID: Instance] = [:]
    package internal(set) var slots = Slots()
    /// How the containers of a revision last ended by themselves.
    package internal(set) var exits: [Revision: ExitReport] = [:]
    var steps = Steps()

    package init(service: ServiceID) {
        self.service = service
    }

    /// Takes what happened, and returns what to do now, in this order.
    package mutating func handle(_ event: RolloutEvent) -> [RolloutAction] {
        apply(event)
        advance()
        return steps.take()
    }

    private mutating func apply(_ event: RolloutEvent) {
        switch event {
        case .document(let event): apply(event)
        case .operator(let event): apply(event)
        case .unit(let event): apply(event)
        case .candidate(let revision, let event): apply(event, to: revision)
        case .instance(let id, let event): apply(event, to: id)
        case .host(let event): apply(event)
        case .timerFired(let timer): timerFired(timer)
        }
    }

    private mutating func apply(_ event: HostEvent) {
        switch event {
        case .addressesChanged: addressesChanged()
        case .addressesReleased(let addresses): claims.released(addresses)
        case .turnGiven(let turn): turnGiven(turn)
        case .imagesRemoved(let revisions): self.revisions.images.removed(revisions)
        case .container(let container, let change): containerChanged(container, change)
        case .strayFound(let observed): strayFound(observed)
        case .engineReturned: engineReturned()
        }
    }

    private mutating func timerFired(_ timer: RolloutTimer) {
        steps.fired(timer)
        switch timer {
        case .document: if document.isAwaited { document.isOverdue = true }
        case .withdrawal: withdraw()
        case .handStop: if pause == nil { units.isHandStopped = false }
        case .restart(let slot):
            if pause == nil || restarts[slot]?.isByHand != true { slots.restarts[slot]?.isWaiting = false }
        case .claimRetry(let revision), .claim(let revision), .pullRetry(let revision), .pull(let revision),
            .progress(let revision), .hold(let revision):
            candidateTimerFired(timer, revision)
        case .start(let id): startDeadlinePassed(id)
        case .healthy(let id): healthyDeadlinePassed(id)
        case .minHealthy(let id): minHealthyPassed(id)
        case .drain(let id): drainDeadlinePassed(id)
        case .retry(let id): repeatCommand(id)
        }
    }

    mutating func emit(_ action: RolloutAction) { steps.emit(action) }
    mutating func tell(_ notice: RolloutNotice) { steps.tell(notice) }
    mutating func ignore() { steps.ignore() }
}
