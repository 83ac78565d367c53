/// The revisions of a service, and the role of each.
package struct Revisions: Equatable, Sendable {
    /// The newest accepted definition.
    package internal(set) var target: Deployment?
    /// The kept revision that a person rolled back to.
    package internal(set) var pin: Pin?
    /// The newest revision, when it doesn't differ from the current one and has `roll: "spec"`.
    package internal(set) var unchanged: Revision?
    /// The last revision that was in service for `min_healthy`.
    ///
    /// It is kept alive.
    package internal(set) var current: Deployment?
    /// The revision that ran before the service was stopped by hand.
    ///
    /// It is started only if the newer revision fails.
    package internal(set) var fallback: Deployment?
    /// The revisions that were last current, the newest first.
    ///
    /// A person may roll back to them.
    package internal(set) var kept: [Revision] = []
    package internal(set) var failures = RevisionFailures()
    package internal(set) var images = ServiceImages()
    /// Revisions that an earlier version accepted: see `RolloutRecord.checkedByPort`.
    var checkedByPort: Set<Revision> = []

    package init() {}

    /// The wanted revision: the newest one, or the one that a person rolled back to.
    package var goal: Deployment? { pin?.deployment ?? target }

    /// The goal, if it doesn't run yet, and may be tried.
    var untried: Deployment? {
        guard let goal, goal.revision != current?.revision, goal.revision != unchanged,
            failures[goal.revision] == nil
        else {
            return nil
        }
        return goal
    }

    /// The revisions that are needed: those that run, are wanted, or can be rolled back to.
    var needed: Set<Revision> {
        let wanted = [target, pin?.deployment, current, fallback].compactMap { $0?.revision }
        return Set(wanted).union(kept)
    }

    /// Makes a revision current.
    mutating func promote(_ deployment: Deployment) {
        current = deployment
        fallback = nil
        keep(deployment.revision)
    }

    /// Keeps a revision for rollbacks, as the newest one.
    mutating func keep(_ revision: Revision) {
        kept.removeAll { $0 == revision }
        kept = Array(([revision] + kept).prefix(RolloutPolicy.keptRevisions))
    }

    /// Makes the revision that ran before the stop current again.
    mutating func fallBack() {
        guard current == nil, let fallback else { return }
        current = fallback
        self.fallback = nil
    }
}

/// A revision with its definition.
package struct Deployment: Equatable, Sendable {
    package var revision: Revision
    package var definition: ServiceDefinition

    package init(revision: Revision, definition: ServiceDefinition) {
        self.revision = revision
        self.definition = definition
    }
}

/// A kept revision that a person rolled back to.
///
/// It is wanted instead of the newest one, until a newer one comes.
package struct Pin: Equatable, Sendable {
    package var deployment: Deployment
    package var note: OperatorNote
}
