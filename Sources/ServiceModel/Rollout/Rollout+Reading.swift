package import Addresses

/// What is asked of a rollout most, by its short name.
extension Rollout {
    /// The newest accepted definition.
    package var target: Deployment? { revisions.target }
    /// The revision that is to run: the newest, or the one that a person went back to.
    package var goal: Deployment? { revisions.goal }
    /// The revision that was in service for `min_healthy` last; the one to keep alive.
    package var current: Deployment? { revisions.current }
    /// The kept revision that a person went back to.
    package var pin: Pin? { revisions.pin }
    /// The revisions that were current last, the newest first: what a person may go back to.
    package var kept: [Revision] { revisions.kept }
    /// Revisions that failed.
    package var failures: RevisionFailures { revisions.failures }
    /// The images that revisions were started from.
    package var images: ServiceImages { revisions.images }
    /// The newest revision, when it isn't a valid definition.
    package var rejection: ServiceDocument.Rejection? { document.rejection }
    /// Set while a person has paused the service: no rollout begins or continues.
    package var pause: OperatorNote? { orders.pause }
    /// Addresses whose virtual service is ours.
    package var claimed: Set<ServiceAddress> { claims.held }
    /// Slots of the current revision that ended by themselves.
    package var restarts: [Int: SlotRestart] { slots.restarts }
    /// How often something came that fitted no state: an answer that was late or came twice.
    package var ignoredEvents: Int { steps.ignoredEvents }

    /// The instances that take new connections.
    package var serving: [Instance] { instances.values.filter(\.isServing).sorted { $0.id < $1.id } }

    /// The instances of a revision that have not ended.
    func alive(_ revision: Revision) -> [Instance] {
        instances.values.filter { $0.id.revision == revision && $0.isAlive }.sorted { $0.id < $1.id }
    }

    /// The definition with the addresses that hold: the unit's, where it has one.
    func effective(_ deployment: Deployment) -> Deployment { units.effective(deployment) }

    /// The revisions that run, are to run, or may be gone back to.
    var neededRevisions: Set<Revision> {
        revisions.needed.union([candidate?.revision].compactMap(\.self))
    }

    /// True when nothing is left of the service that would have to be remembered.
    ///
    /// Its document was deleted, all of it has been removed, and no person has left an order for it.
    package var isForgettable: Bool {
        isGone && !document.isWithdrawing && claims.isEmpty && pause == nil && pin == nil && images.isEmpty
    }
}
