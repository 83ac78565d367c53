/// The revisions of a service that failed.
///
/// They aren't tried again by themselves.
package struct RevisionFailures: Equatable, Sendable {
    /// Why each of them failed.
    package private(set) var byRevision: [Revision: RevisionFailure] = [:]
    /// The last one last.
    private var order: [Revision] = []

    package init() {}

    package subscript(revision: Revision) -> RevisionFailure? { byRevision[revision] }

    /// The revisions, the last one last.
    var revisions: [Revision] { order.filter { byRevision[$0] != nil } }

    /// Remembers why a revision failed, as the last one.
    mutating func remember(_ failure: RevisionFailure, of revision: Revision) {
        byRevision[revision] = failure
        order.removeAll { $0 == revision }
        order.append(revision)
    }

    /// A revision may be tried again.
    mutating func forget(_ revision: Revision) {
        byRevision[revision] = nil
        order.removeAll { $0 == revision }
    }

    /// Forgets the oldest failures, but for revisions that may be asked for.
    mutating func forgetOld(except needed: Set<Revision>) {
        let others = revisions.filter { !needed.contains($0) }
        for revision in others.dropLast(RolloutPolicy.rememberedFailures) { forget(revision) }
    }

    /// The last lines that a container of a failed revision wrote; the first that are told count.
    mutating func note(lastLog: [String], of revision: Revision) {
        guard byRevision[revision]?.lastLog.isEmpty == true else { return }
        byRevision[revision]?.lastLog = RevisionFailure.lastLines(of: lastLog)
    }
}
