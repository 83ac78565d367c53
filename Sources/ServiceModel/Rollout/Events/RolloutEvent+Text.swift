import Addresses

extension RolloutEvent {
    /// A description of the event for the debug log, without values of a definition's environment.
    package var text: String {
        switch self {
        case .document(let event): event.text
        case .operator(let event): "operator: \(event.text)"
        case .unit(let event): event.text
        case .candidate(let revision, let event): event.text(revision)
        case .instance(let id, let event): event.text(id)
        case .host(let event): event.text
        case .timerFired(let timer): "timer \(timer.text)"
        }
    }
}

extension DocumentEvent {
    fileprivate var text: String {
        switch self {
        case .defined(let revision, let definition): "defined \(revision) (\(definition.image))"
        case .rejected(let revision, let reasons): "rejected \(revision): \(reasons.joined(separator: "; "))"
        case .withdrawn: "withdrawn"
        case .sourcesAsked(let answers): "sources asked: \(answers ?? "one has it")"
        }
    }
}

extension OperatorEvent {
    fileprivate var text: String {
        switch self {
        case .retryRequested: "retry"
        case .pauseRequested: "pause"
        case .resumeRequested: "resume"
        case .rollbackRequested(let revision, _, _): "rollback to \(revision)"
        case .promoteRequested: "promote"
        case .abortRequested: "abort"
        case .drainRequested(let id, let isForced): "drain \(id)\(isForced ? ", forced" : "")"
        case .undrainRequested(let id): "undrain \(id)"
        case .restartRequested: "restart"
        case .adopted(let adopted):
            "adopt \(adopted.container) at \(adopted.endpoint) as \(adopted.revision)"
        }
    }
}

extension UnitEvent {
    fileprivate var text: String {
        switch self {
        case .managerStarted(let addresses):
            "manager started" + (addresses.map { " with \($0.listText)" } ?? "")
        case .managerStopRequested: "manager is asked to stop"
        case .managerFound(let standing): "manager is \(standing.rawValue)"
        case .unitsTaken(let path): path.map { "its units' name is taken by \($0)" } ?? "its units' name is free"
        case .revisionStopRequested(let revision, let isShutdown):
            "unit of \(revision) is asked to stop\(isShutdown ? " with the host" : "")"
        case .revisionStartRequested(let revision): "unit of \(revision) is started by hand"
        }
    }
}

extension CandidateEvent {
    fileprivate func text(_ revision: Revision) -> String {
        switch self {
        case .addressesClaimed: "claimed for \(revision)"
        case .claimFailed(let failure): "claim failed for \(revision)\(failure.kindText)"
        case .pulled: "pulled for \(revision)"
        case .pullFailed(let failure): "pull failed for \(revision)\(failure.kindText)"
        }
    }
}

extension InstanceEvent {
    fileprivate func text(_ id: InstanceID) -> String {
        switch self {
        case .created(let container): "created \(id) as \(container)"
        case .createFailed(let failure): "create failed \(id)\(failure.kindText)"
        case .started(let endpoint, _): "started \(id) at \(endpoint)"
        case .startFailed(let failure): "start failed \(id)\(failure.kindText)"
        case .attached: "attached \(id)"
        case .attachFailed(let failure): "attach failed \(id)\(failure.kindText)"
        case .drained: "drained \(id)"
        case .drainFailed(let failure): "drain failed \(id)\(failure.kindText)"
        case .stopFailed(let failure): "stop failed \(id)\(failure.kindText)"
        case .detached: "detached \(id)"
        case .detachFailed(let failure): "detach failed \(id)\(failure.kindText)"
        case .removed: "removed \(id)"
        case .removeFailed(let failure): "remove failed \(id)\(failure.kindText)"
        case .probed(.passing): "probes pass \(id)"
        case .probed(.failing): "probes fail \(id)"
        case .exhausted: "probes failed restart_after times \(id)"
        case .exited(let report): "exited \(id), code \(report.code)"
        }
    }
}

extension HostEvent {
    fileprivate var text: String {
        switch self {
        case .addressesReleased(let addresses): "released \(addresses.listText)"
        case .turnGiven(.pull(let revision)): "turn to pull for \(revision)"
        case .turnGiven(.start(let id)): "turn to start \(id)"
        case .imagesRemoved(let revisions):
            "images of \(revisions.map(\.rawValue).joined(separator: " ")) are removed"
        case .strayFound(let observed): "found the stray \(observed.container), labelled \(observed.instance)"
        case .container(let container, .ended(nil)): "the process of \(container) ended"
        case .container(let container, .ended(let report?)):
            "\(container) ended, code \(report.code)\(report.isByHand ? ", by hand" : "")"
        case .container(let container, .restarted(let endpoint, _)):
            "\(container) started again by hand at \(endpoint)"
        case .container(let container, .disconnected): "\(container) lost its network"
        case .container(let container, .vanished): "\(container) vanished"
        case .container(let container, .suspended(let isSuspended)):
            "\(container) \(isSuspended ? "paused" : "unpaused") by hand"
        case .addressesChanged: "addresses of the host changed"
        case .engineReturned: "Docker answers again"
        }
    }
}

extension Failure {
    /// Whether the failure may pass by itself.
    fileprivate var kindText: String { isTransient ? ", may pass" : ", for good" }
}

extension [ServiceAddress] {
    var listText: String { map(\.description).joined(separator: " ") }
}
