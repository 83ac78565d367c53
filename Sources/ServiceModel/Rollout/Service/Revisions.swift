/// Which revisions of a service there are, and what each of them is to the service.
package struct Revisions: Equatable, Sendable {
    /// The newest accepted definition.
    package internal(set) var target: Deployment?
    /// The kept revision that a person went back to.
    package internal(set) var pin: Pin?
    /// The newest revision, when it says the same as the current one and asked to roll for changes only.
    package internal(set) var unchanged: Revision?
    /// The revision that was in service for `min_healthy` last; the one to keep alive.
    package internal(set) var current: Deployment?
    /// What ran before the service was stopped by hand: started again only if the newer revision fails.
    package internal(set) var fallback: Deployment?
    /// The revisions that were current last, the newest first: what a person may go back to.
    package internal(set) var kept: [Revision] = []
    package internal(set) var failures = RevisionFailures()
    package internal(set) var images = ServiceImages()
    /// Revisions that an earlier version accepted: see `RolloutRecord.checkedByPort`.
    var checkedByPort: Set<Revision> = []

    package init() {}

    /// The revision that is to run: the newest, or the one that a person went back to.
    package var goal: Deployment? { pin?.deployment ?? target }

    /// The goal, where it isn't what runs already, and may be tried.
    var untried: Deployment? {
        guard let goal, goal.revision != current?.revision, goal.revision != unchanged,
            failures[goal.revision] == nil
        else {
            return nil
        }
        return goal
    }

    /// The revisions that are of use: what runs, is to run, or may be gone back to.
    var needed: Set<Revision> {
        let wanted = [target, pin?.deployment, current, fallback].compactMap { $0?.revision }
        return Set(wanted).union(kept)
    }

    /// A revision has become current.
    mutating func promote(_ deployment: Deployment) {
        current = deployment
        fallback = nil
        keep(deployment.revision)
    }

    /// A revision may be gone back to, before all others.
    mutating func keep(_ revision: Revision) {
        kept.removeAll { $0 == revision }
        kept = Array(([revision] + kept).prefix(RolloutPolicy.keptRevisions))
    }

    /// What ran before the service was stopped runs again.
    mutating func fallBack() {
        guard current == nil, let fallback else { return }
        current = fallback
        self.fallback = nil
    }
}

/// A revision and what it says.
package struct Deployment: Equatable, Sendable {
    package var revision: Revision
    package var definition: ServiceDefinition

    package init(revision: Revision, definition: ServiceDefinition) {
        self.revision = revision
        self.definition = definition
    }
}

/// A kept revision that a person went back to: it is wanted instead of the newest until a newer one comes.
package struct Pin: Equatable, Sendable {
    package var deployment: Deployment
    package var note: OperatorNote
}
