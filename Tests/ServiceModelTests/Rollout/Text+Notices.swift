import Addresses

@testable import ServiceModel

extension Text {
    static func of(_ action: RolloutAction) -> String {
        if case .tell(let notice) = action { return "say: \(of(notice))" }
        return action.text ?? ""
    }

    static func of(_ notice: RolloutNotice) -> String {
        switch notice {
        case .rolloutBegan(let revision, let from): "rollout of \(revision) began\(from.map { ", from \($0)" } ?? "")"
        case .rolloutSuperseded(let revision, let newer): "\(revision) is superseded by \(newer)"
        case .rolloutGivenUp(let revision, let note, let other, let kept):
            "\(revision) is given up by \(note.by)\(other.map { " for \($0)" } ?? "")\(kept.map { ", \($0) stays" } ?? "")"
        case .rolloutCompleted(let revision): "\(revision) is current"
        case .rolloutFailed(let revision, let failure, let kept):
            "\(revision) failed in \(failure.phase.rawValue)\(kept.map { ", \($0) stays" } ?? "")"
        case .definitionRejected(let revision, _, let kept):
            "\(revision) isn't valid\(kept.map { ", \($0) stays" } ?? "")"
        case .definitionHeld(let revision, _, _): "\(revision) waits for the end of the pause"
        case .pullRetried(let revision, _, let delay): "pull for \(revision) again in \(delay.shortText)"
        case .claimRetried(let revision, _, let delay): "claim for \(revision) again in \(delay.shortText)"
        case .instanceStarted(let id, _, _): "\(id) started"
        case .instanceRestarted(let id, _, _): "\(id) started again by hand"
        case .instanceInService(let id, _): "\(id) is in service"
        case .instanceDraining(let id, _): "\(id) drains"
        case .instanceDrained(let id, let inTime): "\(id) is drained\(inTime ? "" : ", not in time")"
        case .instanceExited(let id, let report, let expected, let delay):
            "\(id) \(expected ? "has exited" : "exited by itself") with \(report.code)\(again(delay))"
        case .instanceVanished(let id, let delay): "\(id) vanished\(again(delay))"
        case .instanceUnhealthy(let id, _, let isLast): "\(id) is unhealthy\(isLast ? ", the last" : "")"
        case .instanceHealthyAgain(let id): "\(id) is healthy again"
        case .commandRetried(let id, let phase, _, let delay): "\(id) \(phase) again in \(delay.shortText)"
        case .serviceStopping(let reason): "service stops: \(reason.rawValue)"
        case .serviceStopped: "service stopped"
        case .handStopped(let revision, let delay): "\(revision) was stopped by hand\(again(delay))"
        case .shutDown(let revision): "\(revision) stops with the host"
        case .paused: "paused"
        case .resumed: "resumed"
        case .rolledBack(let revision, _): "rolled back to \(revision)"
        case .unpinned(let revision): "rollback to \(revision) is over"
        case .unchanged(let revision, let current): "\(revision) says the same as \(current)"
        case .canaryHolds(let revision, let percent, let delay):
            "canary of \(revision) holds at \(percent) %\(delay.map { " for \($0.shortText)" } ?? "")"
        case .canaryPromoted(let revision): "canary of \(revision) is promoted"
        case .restarting(let revision, _): "\(revision) is restarted"
        case .handDrained(let id): "\(id) is drained by hand"
        case .undrained(let id): "\(id) may serve again"
        case .instanceAdopted(let id, let container, _): "\(container) was adopted as \(id)"
        case .instanceReplaced(let id, _): "\(id) is to be replaced"
        case .strayFound(let id, let container): "\(container), labelled \(id), is a stray"
        case .instanceSuspended(let id, let isSuspended): "\(id) was \(isSuspended ? "paused" : "unpaused") by hand"
        case .instanceDisconnected(let id, let delay): "\(id) lost its network\(again(delay))"
        }
    }

    private static func again(_ delay: Duration?) -> String {
        delay.map { ", again in \($0.shortText)" } ?? ""
    }
}
