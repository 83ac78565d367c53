import Addresses

@testable import ServiceModel

/// One line of text for everything that happens, for golden files; exhaustive, so that a new event has to say how it reads.
enum Text {
    static func of(_ event: RolloutEvent) -> String {
        switch event {
        case .document(.defined(let revision, let definition)): "defined \(revision) (\(definition.image))"
        case .document(.rejected(let revision, let reasons)): "rejected \(revision): \(reasons.joined(separator: "; "))"
        case .document(.withdrawn): "withdrawn"
        case .document(.sourcesAsked(let answers)): "sources asked: \(answers ?? "one has it")"
        case .unit(.managerStarted(let addresses)):
            "manager started" + (addresses.map { " with \(list($0))" } ?? "")
        case .unit(.managerStopRequested): "manager is asked to stop"
        case .unit(.unitsTaken(let path)): path.map { "its units' name is taken by \($0)" } ?? "its units' name is free"
        case .unit(.revisionStopRequested(let revision, let isShutdown)):
            "unit of \(revision) is asked to stop\(isShutdown ? " with the host" : "")"
        case .unit(.revisionStartRequested(let revision)): "unit of \(revision) is started by hand"
        case .operator(.retryRequested): "operator: retry"
        case .operator(.pauseRequested): "operator: pause"
        case .operator(.resumeRequested): "operator: resume"
        case .operator(.rollbackRequested(let revision, _, _)): "operator: rollback to \(revision)"
        case .operator(.promoteRequested): "operator: promote"
        case .operator(.drainRequested(let id, let isForced)): "operator: drain \(id)\(isForced ? ", forced" : "")"
        case .operator(.undrainRequested(let id)): "operator: undrain \(id)"
        case .operator(.restartRequested): "operator: restart"
        case .operator(.adopted(let adopted)):
            "operator: adopt \(adopted.container) at \(adopted.endpoint) as \(adopted.revision)"
        case .candidate(let revision, .addressesClaimed(_)): "claimed for \(revision)"
        case .candidate(let revision, .claimFailed(let failure)): "claim failed for \(revision)\(of(failure))"
        case .host(.addressesReleased(let addresses)): "released \(list(addresses))"
        case .candidate(let revision, .pulled(_)): "pulled for \(revision)"
        case .candidate(let revision, .pullFailed(let failure)): "pull failed for \(revision)\(of(failure))"
        case .host(.turnGiven(.pull(let revision))): "turn to pull for \(revision)"
        case .host(.turnGiven(.start(let id))): "turn to start \(id)"
        case .instance(let id, .created(let container)): "created \(id) as \(container)"
        case .instance(let id, .createFailed(let failure)): "create failed \(id)\(of(failure))"
        case .instance(let id, .started(let endpoint, _)): "started \(id) at \(endpoint)"
        case .instance(let id, .startFailed(let failure)): "start failed \(id)\(of(failure))"
        case .instance(let id, .attached): "attached \(id)"
        case .instance(let id, .attachFailed(let failure)): "attach failed \(id)\(of(failure))"
        case .instance(let id, .drained): "drained \(id)"
        case .instance(let id, .drainFailed(let failure)): "drain failed \(id)\(of(failure))"
        case .instance(let id, .stopFailed(let failure)): "stop failed \(id)\(of(failure))"
        case .instance(let id, .detached): "detached \(id)"
        case .instance(let id, .detachFailed(let failure)): "detach failed \(id)\(of(failure))"
        case .instance(let id, .removed(_)): "removed \(id)"
        case .instance(let id, .removeFailed(let failure)): "remove failed \(id)\(of(failure))"
        case .host(.imagesRemoved(let revisions)):
            "images of \(revisions.map(\.rawValue).joined(separator: " ")) are removed"
        case .host(.strayFound(let observed)): "found the stray \(observed.container), labelled \(observed.instance)"
        case .instance(let id, .probed(.passing)): "probes pass \(id)"
        case .instance(let id, .probed(.failing)): "probes fail \(id)"
        case .instance(let id, .exhausted(_)): "probes failed restart_after times \(id)"
        case .instance(let id, .suspended(let isSuspended)):
            isSuspended ? "paused by hand \(id)" : "unpaused by hand \(id)"
        case .instance(let id, .processEnded): "process ended \(id)"
        case .host(.container(let container, .ended(let report))):
            "\(container) ended, code \(report.code)\(report.isByHand ? ", by hand" : "")"
        case .host(.container(let container, .restarted(let endpoint, _))):
            "\(container) started again by hand at \(endpoint)"
        case .host(.container(let container, .vanished)): "\(container) vanished"
        case .host(.container(let container, .suspended(let isSuspended))):
            "\(container) \(isSuspended ? "paused" : "unpaused") by hand"
        case .instance(let id, .disconnected): "lost its network \(id)"
        case .instance(let id, .exited(let report)):
            "exited \(id), code \(report.code)\(report.isByHand ? ", by hand" : "")"
        case .instance(let id, .vanished): "vanished \(id)"
        case .host(.addressesChanged): "addresses of the host changed"
        case .host(.engineReturned): "Docker answers again"
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
