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
    case undrainRequested, restartRequested, adopted
    case addressesClaimed, claimFailed, addressesReleased, pulled, pullFailed
    case turnGiven, created, createFailed, started, startFailed, attached, attachFailed, drained, drainFailed,
        stopFailed
    case detached, detachFailed, removed, removeFailed
    case probed, exhausted, suspended, disconnected, processEnded, exited, vanished, container, addressesChanged,
        engineReturned
    case imagesRemoved, strayFound
    case timerPull, timerPullRetry, timerClaim, timerClaimRetry, timerProgress, timerHold
    case timerStart, timerHealthy, timerMinHealthy, timerDrain, timerRetry
    case timerRestart, timerDocument, timerWithdrawal, timerHandStop

    init(_ event: RolloutEvent) {
        self =
            switch event {
            case .defined: .defined
            case .rejected: .rejected
            case .withdrawn: .withdrawn
            case .sourcesAsked: .sourcesAsked
            case .managerStarted: .managerStarted
            case .managerStopRequested: .managerStopRequested
            case .unitsTaken: .unitsTaken
            case .revisionStopRequested: .revisionStopRequested
            case .revisionStartRequested: .revisionStartRequested
            case .retryRequested: .retryRequested
            case .pauseRequested: .pauseRequested
            case .resumeRequested: .resumeRequested
            case .rollbackRequested: .rollbackRequested
            case .promoteRequested: .promoteRequested
            case .drainRequested: .drainRequested
            case .undrainRequested: .undrainRequested
            case .restartRequested: .restartRequested
            case .adopted: .adopted
            case .addressesClaimed: .addressesClaimed
            case .claimFailed: .claimFailed
            case .addressesReleased: .addressesReleased
            case .pulled: .pulled
            case .pullFailed: .pullFailed
            case .turnGiven: .turnGiven
            case .created: .created
            case .createFailed: .createFailed
            case .started: .started
            case .startFailed: .startFailed
            case .attached: .attached
            case .attachFailed: .attachFailed
            case .drained: .drained
            case .drainFailed: .drainFailed
            case .stopFailed: .stopFailed
            case .detached: .detached
            case .detachFailed: .detachFailed
            case .removed: .removed
            case .removeFailed: .removeFailed
            case .probed: .probed
            case .exhausted: .exhausted
            case .imagesRemoved: .imagesRemoved
            case .strayFound: .strayFound
            case .suspended: .suspended
            case .disconnected: .disconnected
            case .processEnded: .processEnded
            case .exited: .exited
            case .vanished: .vanished
            case .container: .container
            case .addressesChanged: .addressesChanged
            case .engineReturned: .engineReturned
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
