import Addresses

/// Requests through the units of a service.
extension Rollout {
    mutating func apply(_ event: UnitEvent) {
        switch event {
        case .managerStarted(let addresses): managerStarted(addresses)
        case .managerStopRequested:
            units.manager = .stopped
            switch management {
            case .managed: beginStop(.manager)
            case .failed, .disabled: management = .unmanaged
            case .stopping(.disabled): management = .stopping(.manager)
            case .unmanaged, .stopping: ignore()
            }
        case .managerFound(let standing):
            guard management == .unmanaged else { return ignore() }
            units.manager = standing
        case .unitsTaken(let path): units.foreignTemplate = path
        case .revisionStopRequested(let revision, let isShutdown):
            guard management == .managed, revision == current?.revision, !units.isHandStopped else { return ignore() }
            units.isHandStopped = true
            for id in instances.keys where id.revision == revision { instances[id]?.isRetiring = true }
            emit(.setTimer(.handStop, RolloutPolicy.handStopHold))
            tell(
                isShutdown ? .shutDown(revision) : .handStopped(revision, restartAfter: RolloutPolicy.handStopHold)
            )
        case .revisionStartRequested(let revision):
            guard management == .managed, revision == current?.revision, units.isHandStopped else { return ignore() }
            units.isHandStopped = false
            emit(.cancelTimer(.handStop))
        }
    }

    private mutating func managerStarted(_ addresses: [ServiceAddress]?) {
        units.addresses = addresses
        units.manager = .awaited
        switch management {
        case .managed, .disabled, .stopping(.disabled): return
        // Its unit ends with it. The report after a restart of the daemon doesn't bring the service back.
        case .stopping(.withdrawn) where goal == nil: return
        case .stopping, .unmanaged, .failed:
            // Starting the unit of a service without a running instance is a request to try again.
            if let goal, current == nil { revisions.failures.forget(goal.revision) }
            beginWithNewest()
            management = .managed
        }
    }

    /// Starts the newest revision of a service that is down at once, instead of the previous one first.
    mutating func beginWithNewest() {
        // In a pause, the revision that ran before is wanted.
        guard pause == nil, let current, revisions.untried != nil else { return }
        revisions.fallback = current
        revisions.current = nil
    }

    mutating func beginStop(_ reason: RolloutNotice.StopReason) {
        if case .stopping = management { return }
        management = .stopping(reason)
        revisions.fallBack()
        tell(.serviceStopping(reason: reason))
    }
}
