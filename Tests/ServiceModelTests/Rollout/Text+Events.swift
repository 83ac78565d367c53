import Addresses

@testable import ServiceModel

/// One line of text for everything that happens, for golden files; exhaustive, so that a new event has to say how it reads.
enum Text {
    static func of(_ event: RolloutEvent) -> String {
        switch event {
        case .defined(let revision, let definition): "defined \(revision) (\(definition.image))"
        case .rejected(let revision, let reasons): "rejected \(revision): \(reasons.joined(separator: "; "))"
        case .withdrawn: "withdrawn"
        case .sourcesAsked(let answers): "sources asked: \(answers ?? "one has it")"
        case .managerStarted(let addresses):
            "manager started" + (addresses.map { " with \(list($0))" } ?? "")
        case .managerStopRequested: "manager is asked to stop"
        case .unitsTaken(let path): path.map { "its units' name is taken by \($0)" } ?? "its units' name is free"
        case .revisionStopRequested(let revision, let isShutdown):
            "unit of \(revision) is asked to stop\(isShutdown ? " with the host" : "")"
        case .revisionStartRequested(let revision): "unit of \(revision) is started by hand"
        case .retryRequested: "operator: retry"
        case .pauseRequested: "operator: pause"
        case .resumeRequested: "operator: resume"
        case .rollbackRequested(let revision, _, _): "operator: rollback to \(revision)"
        case .promoteRequested: "operator: promote"
        case .drainRequested(let id, let isForced): "operator: drain \(id)\(isForced ? ", forced" : "")"
        case .undrainRequested(let id): "operator: undrain \(id)"
        case .restartRequested: "operator: restart"
        case .adopted(let adopted): "operator: adopt \(adopted.container) at \(adopted.endpoint) as \(adopted.revision)"
        case .addressesClaimed(let revision, _): "claimed for \(revision)"
        case .claimFailed(let revision, let failure): "claim failed for \(revision)\(of(failure))"
        case .addressesReleased(let addresses): "released \(list(addresses))"
        case .pulled(let revision, _): "pulled for \(revision)"
        case .pullFailed(let revision, let failure): "pull failed for \(revision)\(of(failure))"
        case .turnGiven(.pull(let revision)): "turn to pull for \(revision)"
        case .turnGiven(.start(let id)): "turn to start \(id)"
        case .created(let id, let container): "created \(id) as \(container)"
        case .createFailed(let id, let failure): "create failed \(id)\(of(failure))"
        case .started(let id, let endpoint, _): "started \(id) at \(endpoint)"
        case .startFailed(let id, let failure): "start failed \(id)\(of(failure))"
        case .attached(let id): "attached \(id)"
        case .attachFailed(let id, let failure): "attach failed \(id)\(of(failure))"
        case .drained(let id): "drained \(id)"
        case .drainFailed(let id, let failure): "drain failed \(id)\(of(failure))"
        case .stopFailed(let id, let failure): "stop failed \(id)\(of(failure))"
        case .detached(let id): "detached \(id)"
        case .detachFailed(let id, let failure): "detach failed \(id)\(of(failure))"
        case .removed(let id, _): "removed \(id)"
        case .removeFailed(let id, let failure): "remove failed \(id)\(of(failure))"
        case .imagesRemoved(let revisions): "images of \(revisions.map(\.rawValue).joined(separator: " ")) are removed"
        case .strayFound(let observed): "found the stray \(observed.container), labelled \(observed.instance)"
        case .probed(let id, .passing): "probes pass \(id)"
        case .probed(let id, .failing): "probes fail \(id)"
        case .exhausted(let id, _): "probes failed restart_after times \(id)"
        case .suspended(let id, let isSuspended): isSuspended ? "paused by hand \(id)" : "unpaused by hand \(id)"
        case .processEnded(let id): "process ended \(id)"
        case .container(let container, .ended(let report)):
            "\(container) ended, code \(report.code)\(report.isByHand ? ", by hand" : "")"
        case .container(let container, .restarted(let endpoint, _)): "\(container) started again by hand at \(endpoint)"
        case .container(let container, .vanished): "\(container) vanished"
        case .container(let container, .suspended(let isSuspended)):
            "\(container) \(isSuspended ? "paused" : "unpaused") by hand"
        case .disconnected(let id): "lost its network \(id)"
        case .exited(let id, let report): "exited \(id), code \(report.code)\(report.isByHand ? ", by hand" : "")"
        case .vanished(let id): "vanished \(id)"
        case .addressesChanged: "addresses of the host changed"
        case .engineReturned: "Docker answers again"
        case .timerFired(let timer): "timer \(of(timer))"
        }
    }

    static func of(_ timer: RolloutTimer) -> String {
        switch timer {
        case .pull(let revision): "pull_deadline \(revision)"
        case .pullRetry(let revision): "pull again \(revision)"
        case .claim(let revision): "deadline of the claim for \(revision)"
        case .claimRetry(let revision): "claim again \(revision)"
        case .progress(let revision): "progress_deadline \(revision)"
        case .hold(let revision): "canary's hold \(revision)"
        case .start(let id): "start_deadline \(id)"
        case .healthy(let id): "healthy_deadline \(id)"
        case .minHealthy(let id): "min_healthy \(id)"
        case .drain(let id): "drain_timeout \(id)"
        case .retry(let id): "command again \(id)"
        case .restart(let slot): "restart slot \(slot)"
        case .document: "document awaited"
        case .withdrawal: "withdrawal's grace"
        case .handStop: "end of the stop by hand"
        }
    }

    static func of(_ management: Rollout.Management) -> String {
        switch management {
        case .unmanaged: "unmanaged"
        case .managed: "managed"
        case .stopping(let reason): "stopping (\(reason.rawValue))"
        case .disabled: "disabled"
        case .failed(let revision): "failed (\(revision))"
        }
    }

    static func list(_ addresses: [ServiceAddress]) -> String {
        addresses.map(\.description).joined(separator: " ")
    }

    static func of(_ failure: Failure) -> String {
        failure.isTransient ? ", may pass" : ", for good"
    }
}
