import Addresses

@testable import ServiceModel

/// Every event in a state, and what comes of it, as lines of text.
struct StateTable {
    private(set) var text: String
    /// Rows written so far.
    private(set) var rows = 0

    init(title: String) {
        text = title + "\n"
    }

    /// Adds a section with a row for each event.
    ///
    /// - Parameters:
    ///   - title: Of the section: the state.
    ///   - state: A rollout in that state.
    ///   - events: Each with its name in the table.
    ///   - names: What is written for identities, so that rows of different sections can be compared.
    ///   - place: Where a rollout is now, as far as this table is about.
    mutating func add(
        _ title: String,
        _ state: Rollout,
        _ events: [(name: String, event: RolloutEvent)],
        names: [(String, String)],
        place: (Rollout) -> String
    ) {
        text += "\n## \(title)\n"
        for (name, event) in events {
            rows += 1
            var after = state
            let actions = after.handle(event)
            let isIgnored = after.ignoredEvents > state.ignoredEvents
            let there = place(after)
            var outcome = there == place(state) ? "stays" : "→ \(there)"
            if isIgnored, actions.isEmpty, outcome == "stays" { outcome = "ignored" }
            if !actions.isEmpty { outcome += ": " + actions.map { Text.of($0) }.joined(separator: "; ") }
            for (long, short) in names { outcome = outcome.replacing(long, with: short) }
            let padding = String(repeating: " ", count: max(0, 26 - name.count))
            text += "\(name)\(padding) \(outcome)\n"
        }
    }
}

/// The kinds of events, to see that none is left out of the tables.
enum EventKind: String, CaseIterable {
    case defined, rejected, withdrawn, sourcesAsked
    case managerStarted, managerStopRequested, unitsTaken, revisionStopRequested, revisionStartRequested
    case retryRequested, pauseRequested, resumeRequested, rollbackRequested, promoteRequested, drainRequested
    case abortRequested, managerFound
    case undrainRequested, restartRequested, adopted
    case addressesClaimed, claimFailed, addressesReleased, pulled, pullFailed
    case turnGiven, created, createFailed, started, startFailed, attached, attachFailed, drained, drainFailed,
        stopFailed
    case detached, detachFailed, removed, removeFailed
    case probed, exhausted, exited
    case suspended, disconnected, processEnded, ended, vanished, restartedByHand, addressesChanged, engineReturned
    case imagesRemoved, strayFound
    case timerPull, timerPullRetry, timerClaim, timerClaimRetry, timerProgress, timerHold
    case timerStart, timerHealthy, timerMinHealthy, timerDrain, timerRetry
    case timerRestart, timerDocument, timerWithdrawal, timerHandStop

    init(_ event: RolloutEvent) {
        self =
            switch event {
            case .document(.defined): .defined
            case .document(.rejected): .rejected
            case .document(.withdrawn): .withdrawn
            case .document(.sourcesAsked): .sourcesAsked
            case .unit(.managerStarted): .managerStarted
            case .unit(.managerStopRequested): .managerStopRequested
            case .unit(.unitsTaken): .unitsTaken
            case .unit(.managerFound): .managerFound
            case .unit(.revisionStopRequested): .revisionStopRequested
            case .unit(.revisionStartRequested): .revisionStartRequested
            case .operator(.retryRequested): .retryRequested
            case .operator(.pauseRequested): .pauseRequested
            case .operator(.resumeRequested): .resumeRequested
            case .operator(.rollbackRequested): .rollbackRequested
            case .operator(.promoteRequested): .promoteRequested
            case .operator(.abortRequested): .abortRequested
            case .operator(.drainRequested): .drainRequested
            case .operator(.undrainRequested): .undrainRequested
            case .operator(.restartRequested): .restartRequested
            case .operator(.adopted): .adopted
            case .candidate(_, .addressesClaimed): .addressesClaimed
            case .candidate(_, .claimFailed): .claimFailed
            case .host(.addressesReleased): .addressesReleased
            case .candidate(_, .pulled): .pulled
            case .candidate(_, .pullFailed): .pullFailed
            case .host(.turnGiven): .turnGiven
            case .instance(_, .created): .created
            case .instance(_, .createFailed): .createFailed
            case .instance(_, .started): .started
            case .instance(_, .startFailed): .startFailed
            case .instance(_, .attached): .attached
            case .instance(_, .attachFailed): .attachFailed
            case .instance(_, .drained): .drained
            case .instance(_, .drainFailed): .drainFailed
            case .instance(_, .stopFailed): .stopFailed
            case .instance(_, .detached): .detached
            case .instance(_, .detachFailed): .detachFailed
            case .instance(_, .removed): .removed
            case .instance(_, .removeFailed): .removeFailed
            case .instance(_, .probed): .probed
            case .instance(_, .exhausted): .exhausted
            case .host(.imagesRemoved): .imagesRemoved
            case .host(.strayFound): .strayFound
            case .instance(_, .exited): .exited
            case .host(.container(_, .suspended)): .suspended
            case .host(.container(_, .disconnected)): .disconnected
            case .host(.container(_, .ended(nil))): .processEnded
            case .host(.container(_, .ended)): .ended
            case .host(.container(_, .vanished)): .vanished
            case .host(.container(_, .restarted)): .restartedByHand
            case .host(.addressesChanged): .addressesChanged
            case .host(.engineReturned): .engineReturned
            case .timerFired(let timer): EventKind(timer)
            }
    }

    private init(_ timer: RolloutTimer) {
        self =
            switch timer {
            case .pull: .timerPull
            case .pullRetry: .timerPullRetry
            case .claim: .timerClaim
            case .claimRetry: .timerClaimRetry
            case .progress: .timerProgress
            case .hold: .timerHold
            case .start: .timerStart
            case .healthy: .timerHealthy
            case .minHealthy: .timerMinHealthy
            case .drain: .timerDrain
            case .retry: .timerRetry
            case .restart: .timerRestart
            case .document: .timerDocument
            case .withdrawal: .timerWithdrawal
            case .handStop: .timerHandStop
            }
    }
}
