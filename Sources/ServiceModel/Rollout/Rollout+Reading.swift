package import Addresses

/// Short names for what is read most.
extension Rollout {
    /// The newest accepted definition.
    package var target: Deployment? { revisions.target }
    /// The wanted revision: the newest one, or the one that a person rolled back to.
    package var goal: Deployment? { revisions.goal }
    /// The last revision that was in service for `min_healthy`.
    ///
    /// It is kept alive.
    package var current: Deployment? { revisions.current }
    /// The kept revision that a person rolled back to.
    package var pin: Pin? { revisions.pin }
    /// The revisions that were last current, the newest first.
    ///
    /// A person may roll back to them.
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
    /// How many events didn't fit the state: late or repeated answers.
    package var ignoredEvents: Int { steps.ignoredEvents }

    /// The instances that take new connections.
    package var serving: [Instance] { instances.values.filter(\.isServing).sorted { $0.id < $1.id } }

    /// The instances of a revision that have not ended.
    func alive(_ revision: Revision) -> [Instance] {
        instances.values.filter { $0.id.revision == revision && $0.isAlive }.sorted { $0.id < $1.id }
    }

    /// The definition with the addresses in force: the unit's, if it names any.
    func effective(_ deployment: Deployment) -> Deployment { units.effective(deployment) }

    /// The revisions that run, are wanted, or can be rolled back to.
    var neededRevisions: Set<Revision> {
        revisions.needed.union([candidate?.revision].compactMap(\.self))
    }

    /// True when nothing of the service is left that must be remembered.
    ///
    /// Its document was deleted, all of it has been removed, and no order of a person holds for it.
    package var isForgettable: Bool {
        isGone && !document.isWithdrawing && claims.isEmpty && pause == nil && pin == nil && images.isEmpty
    }
}
