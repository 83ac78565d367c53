/// The revisions of a service that failed.
///
/// They aren't tried again by themselves.
package struct RevisionFailures: Equatable, Sendable {
    /// Why each revision failed.
    package private(set) var byRevision: [Revision: RevisionFailure] = [:]
    /// The order of the failures, the latest one last.
    private var order: [Revision] = []

    package init() {}

    package subscript(revision: Revision) -> RevisionFailure? { byRevision[revision] }

    /// The failed revisions, the latest one last.
    var revisions: [Revision] { order.filter { byRevision[$0] != nil } }

    /// Adds a failure, as the latest one.
    mutating func remember(_ failure: RevisionFailure, of revision: Revision) {
        byRevision[revision] = failure
        order.removeAll { $0 == revision }
        order.append(revision)
    }

    /// Forgets a failure, so that the revision may be tried again.
    mutating func forget(_ revision: Revision) {
        byRevision[revision] = nil
        order.removeAll { $0 == revision }
    }

    /// Forgets the oldest failures, except for revisions that may still be wanted.
    mutating func forgetOld(except needed: Set<Revision>) {
        let others = revisions.filter { !needed.contains($0) }
        for revision in others.dropLast(RolloutPolicy.rememberedFailures) { forget(revision) }
    }

    /// Adds the last lines that a container of a failed revision wrote.
    ///
    /// Only the first call for a revision counts.
    mutating func note(lastLog: [String], of revision: Revision) {
        guard byRevision[revision]?.lastLog.isEmpty == true else { return }
        byRevision[revision]?.lastLog = RevisionFailure.lastLines(of: lastLog)
    }
}
