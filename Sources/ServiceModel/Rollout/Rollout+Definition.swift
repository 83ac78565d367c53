import Addresses

extension Rollout {
    mutating func applyDefinition(_ event: RolloutEvent) {
        switch event {
        case .defined(let revision, let definition): defined(revision, definition)
        case .rejected(let revision, let reasons):
            cancelWithdrawal()
            guard rejection?.revision != revision else { return }
            rejection = Rejection(revision: revision, reasons: reasons)
            tell(.definitionRejected(revision, reasons, kept: current?.revision))
        case .withdrawn:
            guard target != nil || current != nil || rejection != nil, !isWithdrawing else { return ignore() }
            isWithdrawing = true
            emit(.setTimer(.withdrawal, RolloutPolicy.withdrawalGrace))
        case .retryRequested:
            guard let target, failures[target.revision] != nil else { return ignore() }
            failures[target.revision] = nil
            if case .failed = management { management = .managed }
        default: ignore()
        }
    }

    private mutating func defined(_ revision: Revision, _ definition: ServiceDefinition) {
        cancelWithdrawal()
        rejection = nil
        guard target?.revision != revision else { return }
        target = Deployment(revision: revision, definition: definition)
        if case .failed = management { management = .managed }
    }

    private mutating func cancelWithdrawal() {
        guard isWithdrawing else { return }
        isWithdrawing = false
        emit(.cancelTimer(.withdrawal))
    }

    mutating func withdraw() {
        guard isWithdrawing else { return ignore() }
        isWithdrawing = false
        target = nil
        rejection = nil
        failures = [:]
        fallback = nil
        beginStop(.withdrawn)
    }

    // MARK: The manager's unit and the revisions' units

    mutating func applyManagement(_ event: RolloutEvent) {
        switch event {
        case .managerStarted(let addresses): managerStarted(addresses)
        case .managerStopRequested:
            switch management {
            case .managed: beginStop(.manager)
            case .failed: management = .unmanaged
            case .unmanaged, .stopping: ignore()
            }
        case .revisionStopRequested(let revision):
            guard management == .managed, revision == current?.revision, !isHandStopped else { return ignore() }
            isHandStopped = true
            for id in instances.keys where id.revision == revision { instances[id]?.isRetiring = true }
            emit(.setTimer(.handStop, RolloutPolicy.handStopHold))
            tell(.handStopped(revision, restartAfter: RolloutPolicy.handStopHold))
        default: ignore()
        }
    }

    private mutating func managerStarted(_ addresses: [ServiceAddress]?) {
        unitAddresses = addresses
        switch management {
        case .managed: return
        case .stopping, .unmanaged, .failed:
            // A person who starts the unit of a service of which nothing runs asks to try again.
            if let target, current == nil { failures[target.revision] = nil }
            if let current, let target, target.revision != current.revision, failures[target.revision] == nil {
                fallback = current
                self.current = nil
            }
            management = .managed
        }
    }

    private mutating func beginStop(_ reason: RolloutNotice.StopReason) {
        if case .stopping = management { return }
        management = .stopping(reason)
        tell(.serviceStopping(reason: reason))
    }

    /// The definition with the addresses that hold: the unit's, where it has one.
    func effective(_ deployment: Deployment) -> Deployment {
        guard let unitAddresses else { return deployment }
        var effective = deployment
        effective.definition.addresses = unitAddresses
        return effective
    }
}
