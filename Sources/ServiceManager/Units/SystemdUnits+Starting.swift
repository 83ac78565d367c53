import Docker
import Logging
import ServiceModel
import SystemPackage

/// What waits for systemd: starting units, and creating them.
extension SystemdUnits {
    func start(_ unit: UnitName) async {
        defer { memory.starting.remove(unit) }
        guard await isOurs(unit) else { return }
        if await wasStopped(unit) {
            logger.notice(
                "\(unit) was stopped while service-managerd didn't run; its service is stopped",
                [.service: "\(unit.service)"]
            )
            memory.stopRequested.insert(unit)
            return send(unit.service, .unit(.managerStopRequested))
        }
        await engine.untilOpen(isCertain: true)
        // A daemon that ends while Docker is stopped must not start what requires it.
        guard !Task.isCancelled, engine.isOpen else { return }
        guard let wishes = wishes[unit.service], wants(unit, wishes), !isConnected(unit) else { return }
        memory.seen.insert(unit)
        do {
            if try await control.start("\(unit)") { return }
            // A start that isn't wanted any more is ended by the unit's own stop.
            guard let wishes = self.wishes[unit.service], wants(unit, wishes) else { return }
            logger.warning("the unit \(unit) didn't become active; it is started again while it is wanted")
        } catch {
            logger.warning("the unit \(unit) can't be started; its containers aren't affected: \(error)")
        }
        try? await clock.sleep(for: .seconds(10))
        reconsider(unit.service)
    }

    /// Whether the unit runs `launch`.
    ///
    /// A unit that runs something else is never started, and its service is told.
    private func isOurs(_ unit: UnitName) async -> Bool {
        switch await control.template(of: "\(unit)") {
        case .unknown: return files.foreign[unit.service] == nil
        case .ours, .absent:
            if files.foreign.removeValue(forKey: unit.service) != nil {
                send(unit.service, .unit(.unitsTaken(by: nil)))
            }
            return true
        case .foreign(let path):
            guard files.foreign.updateValue(path, forKey: unit.service) != path else { return false }
            logger.error(
                "\(unit.service) can't have units: \(path) has their name and isn't ours; give the service another name",
                [.service: "\(unit.service)", .path: "\(path)"]
            )
            send(unit.service, .unit(.unitsTaken(by: path)))
            return false
        }
    }

    /// Whether a person stopped a manager before this daemon saw it.
    ///
    /// It is asked at once, because Docker's start hides its stop.
    private func wasStopped(_ unit: UnitName) async -> Bool {
        guard unit.instance == .manager, memory.hasPredecessor, memory.seen.insert(unit).inserted else { return false }
        return await control.ending(of: "\(unit)") == .stopped
    }

    private func isConnected(_ unit: UnitName) -> Bool { connections.values.contains { $0.unit == unit } }

    /// A person has asked for the manager's unit to be started or stopped, and doesn't wait for the job.
    func carryOut(_ order: ManagerOrder, _ service: ServiceID) async {
        let unit = UnitName(service, .manager)
        do {
            switch order {
            case .start:
                if await !isOurs(unit) { return }
                if try await !control.start("\(unit)") { logger.warning("the unit \(unit) didn't become active") }
            case .stop: try await control.stop("\(unit)")
            }
        } catch {
            logger.error(
                "the unit \(unit) can't be \(order == .start ? "started" : "stopped"), as a person asked: \(error); "
                    + "try systemctl \(order.rawValue) \(unit)",
                [.service: "\(service)"]
            )
        }
    }

    /// Waits for as long as a current revision that a person stopped stays down.
    func holdBack(_ unit: UnitName) async {
        guard (try? await clock.sleep(for: RolloutPolicy.handStopHold)) != nil else { return }
        memory.stopRequested.remove(unit)
        reconsider(unit.service)
    }

    /// Makes sure that the unit is ordered after the daemon.
    ///
    /// Otherwise a shutdown would stop the daemon first, and then wait for it.
    func checkOrder(of unit: UnitName) async {
        guard await !control.isOrdered("\(unit)") else { return }
        logger.notice("the generator doesn't know the template of \(unit) yet; systemd reloads its units")
        do throws(Errno) {
            try await files.templates.order(unit.service)
        } catch {
            logger.error(
                "\(unit) can't be ordered after service-managerd: \(error); a shutdown may take long",
                [.service: "\(unit.service)"]
            )
        }
        await files.reloader.reload()
    }

    /// Creates the units of a service whose document names an address.
    func makeUnits(of service: ServiceID, _ definition: AcceptedDefinition) async {
        let manager = UnitName(service, .manager)
        guard !definition.definition.addresses.isEmpty else {
            // Otherwise a person would be told to start a unit that isn't the service's.
            guard await isOurs(manager) else { return }
            let isMissing = await control.template(of: "\(manager)") == .absent
            return send(service, .unit(.managerFound(isMissing ? .missing : .stopped)))
        }
        let isNew: Bool
        do throws(Errno) {
            let writing = try await files.templates.write(service, definition.definition)
            isNew = writing == .made
            if writing != .unchanged { await files.reloader.reload() }
        } catch {
            return logger.error(
                "the units of \(service) can't be created, because its template can't be written: \(error); "
                    + "free some space, or make the folder writable, then save the document again or restart service-managerd",
                [.service: "\(service)"]
            )
        }
        // A document may be restored while the unit still ends with the deleted one. systemd starts the unit after that.
        let hasOutlived = connections.values.contains { $0.unit == manager && $0.hasOutlivedDocument }
        guard await isOurs(manager) else { return }
        if !isNew, !hasOutlived {
            guard await files.templates.isUnstarted(service) else {
                return send(service, .unit(.managerFound(.stopped)))
            }
        }
        memory.seen.insert(manager)
        memory.stopRequested.remove(manager)
        await engine.untilOpen(isCertain: true)
        guard !Task.isCancelled, engine.isOpen else { return }
        do {
            if try await !control.start("\(manager)") { logger.warning("the unit \(manager) didn't become active") }
            await files.templates.wasStarted(service)
        } catch {
            send(service, .unit(.managerFound(.stopped)))
            logger.warning("the unit \(manager) can't be started: \(error)")
        }
    }

    /// Lets a `launch` that lost Docker continue once it is certain that Docker isn't being stopped.
    func resume(_ container: ContainerID, _ id: Int) async {
        await engine.untilOpen(isCertain: true)
        // Another engine doesn't have Docker's container, which launch would take for the container's end.
        while await docker.isOtherEngine() {
            guard (try? await clock.sleep(for: .seconds(5))) != nil else { return }
        }
        guard !Task.isCancelled, engine.isOpen else { return }
        connections[id]?.wait(for: container)
        if let unit = connections[id]?.unit { reconsider(unit.service) }
    }
}
