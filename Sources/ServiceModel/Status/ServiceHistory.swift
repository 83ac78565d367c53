/// What became of a service's revisions, as far back as it is remembered.
///
/// Only shown to people: nothing is decided by it.
package struct ServiceHistory: Codable, Equatable, Sendable {
    /// How many entries are kept.
    package static let capacity = 50

    /// The oldest first.
    package private(set) var entries: [Entry] = []
    /// Why the next rollout begins, where that isn't a new document.
    private var order: Order?

    package init() {}

    /// A revision's way from the beginning of its rollout on; or what else was made of one.
    package struct Entry: Codable, Equatable, Sendable {
        package var revision: String
        package var result: Result
        /// Why: `document`, `rollback by anna (wrong prices)`.
        package var cause: String
        package var image: String?
        /// RFC 3339.
        package var began: String
        /// When its rollout ended, one way or the other; RFC 3339.
        package var ended: String?
        /// When it stopped being the current one; RFC 3339.
        package var left: String?
        /// Why it failed, or by what it was superseded.
        package var detail: String?
    }

    package enum Result: String, Codable, Sendable, CaseIterable {
        /// It waits until a person ends the pause.
        case waiting
        /// On its way.
        case rolling
        case current
        /// It was current until another was.
        case retired
        /// It was current until the service was stopped.
        case stopped
        case failed
        /// A newer one came before it was current.
        case superseded
        /// A person gave it up before it was current.
        case aborted
        /// It is no valid definition.
        case rejected
        /// It says the same as the current one, and asks to roll for changes only.
        case unchanged
        /// Its containers were replaced by new ones.
        case restarted
    }

    private struct Order: Codable, Equatable, Sendable {
        /// Nil: whichever revision comes next.
        var revision: Revision?
        var cause: String
    }

    /// Takes note of what happened.
    ///
    /// - Parameters:
    ///   - notice: What.
    ///   - image: What the revision runs, where it is one that runs something.
    ///   - time: When; RFC 3339.
    /// - Returns: Whether that is part of a history.
    package mutating func take(_ notice: RolloutNotice, image: String?, at time: String) -> Bool {
        let before = self
        switch notice {
        case .rolloutBegan(let revision, _): begin(revision, image, time)
        case .definitionHeld(let revision, let image, let note): hold(revision, image, note, time)
        case .rolloutCompleted(let revision):
            leave(.retired, time)
            end(revision, .current, nil, time)
        case .rolloutFailed(let revision, let failure, _):
            end(revision, .failed, Self.text(failure), time)
        case .rolloutSuperseded(let revision, let newer): end(revision, .superseded, "by \(newer)", time)
        case .rolloutGivenUp(let revision, let note, let other, _):
            end(revision, .aborted, Self.text(other.map { "rollback to \($0) by" } ?? "by", note), time)
        case .definitionRejected(let revision, let reasons, _):
            add(revision, .rejected, "document", reasons.joined(separator: "; "), time)
        case .unchanged(let revision, let current):
            add(revision, .unchanged, "document", "the same as \(current)", time)
        case .restarting(let revision, let note): add(revision, .restarted, Self.text("restart by", note), nil, time)
        case .rolledBack(let revision, let note):
            order = Order(revision: revision, cause: Self.text("rollback by", note) + origin)
        case .unpinned: order = Order(revision: nil, cause: "end of a rollback")
        case .serviceStopping(let reason): leave(.stopped, time, reason)
        case .pullRetried, .claimRetried, .instanceStarted, .instanceRestarted, .instanceInService, .instanceDraining,
            .instanceDrained, .instanceExited, .instanceVanished, .instanceUnhealthy, .instanceHealthyAgain,
            .commandRetried, .serviceStopped, .handStopped, .shutDown, .paused, .resumed, .canaryHolds, .canaryPromoted,
            .handDrained, .undrained, .instanceAdopted, .instanceReplaced, .instanceSuspended, .instanceDisconnected,
            .strayFound:
            return false
        }
        entries.removeFirst(max(0, entries.count - Self.capacity))
        return self != before
    }

    private static func text(_ failure: RevisionFailure) -> String {
        let probe = failure.lastProbe.map { "; last probe: \($0)" } ?? ""
        return "\(failure.phase.rawValue): \(failure.message)\(probe)"
    }

    /// From what a person goes back: the one that runs, or was about to.
    private var origin: String {
        let left = entries.last { $0.result == .rolling } ?? entries.last { $0.result == .current }
        guard let left, let revision = try? Revision(left.revision) else { return "" }
        return ", from \(revision.short)"
    }

    private static func text(_ verb: String, _ note: OperatorNote) -> String {
        "\(verb) \(note.by)" + (note.reason.map { " (\($0))" } ?? "")
    }

    /// Brings the entries in line with the revision that is current, which the rollout decides: also one that serves
    /// although it was superseded, or that serves again because a newer one failed.
    ///
    /// - Parameters:
    ///   - current: The current revision of a service that is to run.
    ///   - image: What it runs.
    ///   - time: When; RFC 3339.
    /// - Returns: Whether anything changed.
    package mutating func settle(current: Revision, image: String?, at time: String) -> Bool {
        let before = self
        for index in entries.indices where entries[index].result == .current {
            guard entries[index].revision != current.rawValue else { continue }
            entries[index].result = .retired
            entries[index].left = time
        }
        let index = entries.lastIndex { $0.revision == current.rawValue && $0.result != .restarted }
        switch index.map({ entries[$0].result }) {
        case .current: break
        case .superseded:
            guard let index else { break }
            entries[index].result = .current
            entries[index].detail = "superseded \(entries[index].detail ?? ""), and serves until that does"
        // It is said when it ends.
        case .rolling: break
        case .stopped, .retired, .failed, .aborted, .rejected, .unchanged, .waiting, .restarted, nil:
            var entry = Entry(
                revision: current.rawValue,
                result: .current,
                cause: index == nil ? "found running" : "serves again",
                began: time
            )
            entry.image = image
            entry.ended = time
            entries.append(entry)
        }
        entries.removeFirst(max(0, entries.count - Self.capacity))
        return self != before
    }

    /// A document that came during a pause; one that waited before it waits no more.
    private mutating func hold(_ revision: Revision, _ image: String, _ note: OperatorNote, _ time: String) {
        for index in entries.indices where entries[index].result == .waiting {
            guard entries[index].revision != revision.rawValue else { return }
            entries[index].result = .superseded
            entries[index].ended = time
            entries[index].detail = "by \(revision)"
        }
        var entry = Entry(revision: revision.rawValue, result: .waiting, cause: "document", began: time)
        entry.image = image
        entry.detail = "waits: paused by \(note.by)"
        entries.append(entry)
    }

    private mutating func begin(_ revision: Revision, _ image: String?, _ time: String) {
        let last = entries.lastIndex { $0.revision == revision.rawValue }
        if let last, entries[last].result == .waiting {
            entries[last].result = .rolling
            entries[last].detail = nil
            return
        }
        let earlier = last.map { entries[$0] }
        // A daemon that was restarted in between continues with it, and says so again.
        guard earlier?.result != .rolling else { return }
        var entry = Entry(revision: revision.rawValue, result: .rolling, cause: "document", began: time)
        entry.image = image
        if let order, order.revision == revision || (order.revision == nil && earlier != nil) {
            entry.cause = order.cause
        } else if let earlier, earlier.result != .rejected {
            entry.cause = earlier.result == .failed || earlier.result == .aborted ? "tried again" : "started again"
        }
        order = nil
        entries.append(entry)
    }

    private mutating func end(_ revision: Revision, _ result: Result, _ detail: String?, _ time: String) {
        if entries.last(where: { $0.revision == revision.rawValue })?.result != .rolling {
            // Its beginning was lost.
            entries.append(Entry(revision: revision.rawValue, result: .rolling, cause: "unknown", began: time))
        }
        guard let index = entries.lastIndex(where: { $0.revision == revision.rawValue }) else { return }
        entries[index].result = result
        entries[index].ended = time
        entries[index].detail = detail
    }

    private mutating func add(
        _ revision: Revision,
        _ result: Result,
        _ cause: String,
        _ detail: String?,
        _ time: String
    ) {
        var entry = Entry(revision: revision.rawValue, result: result, cause: cause, began: time)
        entry.ended = time
        entry.detail = detail
        entries.append(entry)
    }

    private mutating func leave(_ result: Result, _ time: String, _ reason: RolloutNotice.StopReason? = nil) {
        for index in entries.indices where entries[index].result == .current {
            entries[index].result = result
            entries[index].left = time
            entries[index].detail = reason?.text
        }
    }
}

extension RolloutNotice {
    /// Whether it may be part of a service's history; most notices are for the journal only.
    package var isHistory: Bool {
        switch self {
        case .rolloutBegan, .rolloutCompleted, .rolloutFailed, .rolloutSuperseded, .definitionRejected, .definitionHeld,
            .rolloutGivenUp, .unchanged, .restarting, .rolledBack, .unpinned, .serviceStopping:
            true
        case .pullRetried, .claimRetried, .instanceStarted, .instanceRestarted, .instanceInService, .instanceDraining,
            .instanceDrained, .instanceExited, .instanceVanished, .instanceUnhealthy, .instanceHealthyAgain,
            .commandRetried, .serviceStopped, .handStopped, .shutDown, .paused, .resumed, .canaryHolds, .canaryPromoted,
            .handDrained, .undrained, .instanceAdopted, .instanceReplaced, .instanceSuspended, .instanceDisconnected,
            .strayFound:
            false
        }
    }
}

extension RolloutNotice.StopReason {
    fileprivate var text: String {
        switch self {
        case .manager: "its manager was stopped"
        case .withdrawn: "its document was deleted"
        case .disabled: "its document disabled it"
        }
    }
}
