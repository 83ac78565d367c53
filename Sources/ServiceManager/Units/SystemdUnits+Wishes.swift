import Addresses
import Docker
import ServiceModel

/// Compares the units that a rollout wants with those that run.
extension SystemdUnits {
    /// What follows from a service's wishes, besides the orders for each `launch`.
    struct Steps {
        /// Units to start.
        var missing: [UnitName] = []
        /// Connections of revisions that aren't wanted, and of managers whose services have ended.
        var unexpected: [Int] = []
    }

    /// Sends each `launch` its new orders.
    func reconcile(_ wishes: UnitWishes) -> Steps {
        var steps = Steps()
        for (id, connection) in connections {
            guard let unit = connection.unit, unit.service == wishes.service, !connection.isEnding else { continue }
            if !tell(id, unit, wishes) { steps.unexpected.append(id) }
        }
        guard wishes.isManaged else { return steps }
        let units = wishes.revisions.keys.map { UnitName(wishes.service, .revision($0)) }
        let present = Set(connections.values.compactMap(\.unit)).union(memory.starting)
        steps.missing = (units + [UnitName(wishes.service, .manager)]).filter {
            !present.contains($0) && wants($0, wishes)
        }
        memory.starting.formUnion(steps.missing)
        return steps
    }

    /// Whether a unit should be started when it doesn't run.
    func wants(_ unit: UnitName, _ wishes: UnitWishes) -> Bool {
        guard wishes.isManaged, !memory.stopRequested.contains(unit), case .active = wish(for: unit, wishes) else {
            return false
        }
        return true
    }

    private func wish(for unit: UnitName, _ wishes: UnitWishes) -> Rollout.UnitWish? {
        switch unit.instance {
        case .manager: wishes.manager
        case .revision(let revision): wishes.revisions[revision]
        }
    }

    /// Sends a `launch` its new orders.
    ///
    /// Returns false when it isn't known why its unit runs.
    private func tell(_ id: Int, _ unit: UnitName, _ wishes: UnitWishes) -> Bool {
        connections[id]?.tell(.stopTimeout(Int(wishes.stopTimeout.components.seconds) + 1))
        switch wish(for: unit, wishes) {
        case .active(let isReady):
            connections[id]?.wasWanted = true
            connections[id]?.tell(.status(wishes.status))
            if isReady { connections[id]?.tell(.ready) }
            if case .revision(let revision) = unit.instance { follow(wishes.containers[revision] ?? [], id) }
        case .leaving:
            // A manager that has just connected was started for what comes next, and the rollout hasn't answered yet.
            if connections[id]?.wasWanted == true { connections[id]?.tell(.ready) }
            connections[id]?.outlivesService = true
            connections[id]?.tell(.status(wishes.status))
        case .ended(let code):
            // Starting a manager is a request to try again, and the rollout hasn't answered yet.
            if unit.instance == .manager, connections[id]?.isBeingJudged == true || connections[id]?.isAwaited == true {
                return true
            }
            if case .revision(let revision) = unit.instance { follow(wishes.containers[revision] ?? [], id) }
            // While Docker is stopped, the last lines of the containers that it ended can't be copied.
            guard engine.isOpen || memory.stopRequested.contains(unit) else { return true }
            if unit.instance == .manager, code != 0 { sayWhyItFailed(id, wishes) }
            end(id, unit, code)
        case nil:
            if unit.instance == .manager, !memory.stopRequested.contains(unit) { return isExpected(id) }
            guard unit.instance == .manager || memory.stopRequested.contains(unit) || connections[id]?.wasWanted == true
            else {
                return isAccountedFor(id, unit, wishes)
            }
            end(id, unit, 0)
        }
        return true
    }

    /// `systemctl status` and the unit's journal end with the reason, and not with what was going on before.
    private func sayWhyItFailed(_ id: Int, _ wishes: UnitWishes) {
        connections[id]?.tell(.status(wishes.status))
        connections[id]?.tell(.say(wishes.status))
    }

    /// False for a manager that has outlived its service.
    ///
    /// An unknown manager may belong to a service whose document is still to come.
    private func isExpected(_ id: Int) -> Bool {
        guard let connection = connections[id], connection.wasWanted || connection.outlivesService,
            !connection.isAwaited, !connection.isBeingJudged
        else {
            return true
        }
        connections[id]?.isBeingJudged = true
        return false
    }

    private func follow(_ containers: [ContainerID], _ id: Int) {
        connections[id]?.forgetFinished(besides: Set(containers))
        for container in containers {
            connections[id]?.follow(container, since: outputs.positions[container], isEngineRunning: engine.isOpen)
        }
    }

    private func isAccountedFor(_ id: Int, _ unit: UnitName, _ wishes: UnitWishes) -> Bool {
        guard let connection = connections[id] else { return true }
        if connection.isBeingJudged { return true }
        if connection.isAwaited, let current = wishes.current, unit.instance == .revision(current) { return true }
        connections[id]?.isBeingJudged = true
        return false
    }

    /// Decides about the unit of a revision that isn't wanted.
    ///
    /// A unit that was left over ends. A unit that a person starts is refused, unless its revision is current: then its
    /// container is being started, or held back.
    func judge(_ id: Int) async {
        guard let unit = connections[id]?.unit else { return }
        guard case .revision(let revision) = unit.instance else { return await judgeOutlived(id, unit) }
        let start = await control.start(of: "\(unit)")
        connections[id]?.isBeingJudged = false
        guard connections[id]?.isEnding == false, let wishes = wishes[unit.service], wish(for: unit, wishes) == nil
        else {
            return
        }
        switch start {
        case .requested where revision == wishes.current && !memory.starting.contains(unit):
            connections[id]?.isAwaited = true
            send(unit.service, .unit(.revisionStartRequested(revision)))
        case .requested where !memory.starting.contains(unit): refuse(id, unit, revision, wishes)
        case .automatic where revision == wishes.current:
            // A restart of the unit isn't a person's request: the back-off of the container continues.
            connections[id]?.isAwaited = true
        case .complete, .requested, .automatic: end(id, unit, 0)
        }
    }

    /// Decides about the manager of a service that has ended because its document was deleted.
    ///
    /// A unit that was generated from the document ends with it. Any other stays, and waits for the document as it did at
    /// first, because a person started it.
    private func judgeOutlived(_ id: Int, _ manager: UnitName) async {
        let isMade = await files.templates.isMade(manager.service)
        connections[id]?.isBeingJudged = false
        guard let connection = connections[id], !connection.isEnding, !memory.stopRequested.contains(manager),
            let wishes = wishes[manager.service], wishes.manager == nil
        else {
            return
        }
        if isMade, !wishes.isDefined {
            connections[id]?.hasOutlivedDocument = true
            beginStop(id, manager, 0)
        } else {
            connections[id]?.isAwaited = true
            managerStarted(manager.service, connection.addresses)
        }
    }

    private func refuse(_ id: Int, _ unit: UnitName, _ revision: Revision, _ wishes: UnitWishes) {
        let reason =
            wishes.isManaged
            ? "refused: \(revision) is not the current revision of \(unit.service); "
                + "to go back to it: smctl rollback \(unit.service) \(revision)"
            : "refused: \(unit.service) is not managed; to start it: systemctl start \(unit.service)@manager"
        logger.notice("\(unit) was started by hand, and \(reason)", [.service: "\(unit.service)"])
        connections[id]?.tell(.status(reason))
        connections[id]?.tell(.say(reason))
        dismiss(id, 1)
    }

    /// Handles the start of the manager of a service that is switched off or has failed.
    ///
    /// A person's start is a request to try again. systemd's own restart of the unit isn't.
    func judgeManager(_ id: Int, _ addresses: [ServiceAddress]?) async {
        guard let unit = connections[id]?.unit else { return }
        let start = await control.start(of: "\(unit)")
        connections[id]?.isBeingJudged = false
        guard connections[id]?.isEnding == false else { return }
        if start == .automatic, let wishes = wishes[unit.service], case .ended(let code) = wishes.manager {
            sayWhyItFailed(id, wishes)
            beginStop(id, unit, code)
        } else {
            connections[id]?.isAwaited = true
            managerStarted(unit.service, addresses)
        }
    }

    /// Ends the waits for a rollout's answer.
    func endWaits(for service: ServiceID) {
        for (id, connection) in connections where connection.unit == UnitName(service, .manager) {
            connections[id]?.isAwaited = false
        }
    }
}
