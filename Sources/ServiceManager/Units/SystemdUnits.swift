package import Logging
package import ServiceModel

/// Brings a service's units to where its rollout wants them: level-triggered, over the lines of `launch` and systemd's jobs.
package actor SystemdUnits: UnitKeeping {
    private let control: any UnitControl
    private let templates: UnitTemplates
    private let logger: Logger
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void
    /// A unit named a database of its own.
    private let useDatabase: @Sendable (ServiceID, String) -> Void
    private nonisolated let work: AsyncStream<Work>
    private nonisolated let workInbox: AsyncStream<Work>.Continuation

    private var wishes: [ServiceID: UnitWishes] = [:]
    private var connections: [Int: LaunchConnection] = [:]
    private var lastConnection = 0
    private var starting: Set<UnitName> = []
    private var positions: [ContainerID: String] = [:]
    private var copied: Set<ContainerID> = []
    private var copyWaiters: [ContainerID: [CheckedContinuation<Void, Never>]] = [:]
    private var stopRequested: Set<UnitName> = []

    private enum Work: Sendable {
        case update(UnitWishes)
        case defined(AcceptedDefinition, ServiceID)
        case withdrawn(ServiceID)
    }

    package init(
        control: any UnitControl,
        templates: UnitTemplates,
        logger: Logger,
        useDatabase: @escaping @Sendable (ServiceID, String) -> Void,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.control = control
        self.templates = templates
        self.logger = logger
        self.useDatabase = useDatabase
        self.send = send
        (work, workInbox) = AsyncStream.makeStream()
    }

    /// Keeps until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            for await item in work {
                switch item {
                case .update(let wishes):
                    self.wishes[wishes.service] = wishes
                    for unit in reconcile(wishes) {
                        tasks.addTask { await self.start(unit) }
                    }
                case .defined(let definition, let service):
                    tasks.addTask { await self.makeUnits(of: service, definition) }
                case .withdrawn(let service):
                    tasks.addTask { await self.templates.remove(service) }
                }
            }
        }
    }

    // MARK: From the rollouts

    package nonisolated func update(_ wishes: UnitWishes) { workInbox.yield(.update(wishes)) }

    package nonisolated func defined(_ definition: AcceptedDefinition, of service: ServiceID) {
        workInbox.yield(.defined(definition, service))
    }

    package nonisolated func withdrawn(_ service: ServiceID) { workInbox.yield(.withdrawn(service)) }

    package func outputCopied(of container: ContainerID, _ service: ServiceID) async {
        guard connections.values.contains(where: { $0.following.contains(container) }), !copied.contains(container)
        else {
            copied.remove(container)
            return
        }
        await withCheckedContinuation { copyWaiters[container, default: []].append($0) }
        copied.remove(container)
    }

    // MARK: From launch

    func connected(_ orders: AsyncStream<LaunchOrder>.Continuation) -> Int {
        lastConnection += 1
        connections[lastConnection] = LaunchConnection(orders: orders)
        return lastConnection
    }

    func disconnected(_ id: Int) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        for container in connection.following { outputEnded(container) }
        guard let unit = connection.unit, !connection.isEnding else { return }
        stopRequested.remove(unit)
        logger.warning("launch of \(unit) is gone; its unit is started again")
        if let wishes = wishes[unit.service] { update(wishes) }
    }

    func received(_ message: LaunchMessage, from id: Int) async {
        switch message {
        case .hello(let unit, let addresses, let database, _):
            connections[id]?.unit = unit
            if let database { useDatabase(unit.service, database) }
            if unit.instance == .manager { send(unit.service, .managerStarted(addresses)) }
            if let wishes = wishes[unit.service] { update(wishes) }
        case .stopping: await stopping(id)
        case .position(let container, let time): positions[container] = time
        case .copied(let container): outputEnded(container)
        case .logFailed(let container, let text):
            logger.warning("the output of container \(container) can't be copied: \(text)")
            outputEnded(container)
        }
    }

    private func outputEnded(_ container: ContainerID) {
        copied.insert(container)
        for waiter in copyWaiters.removeValue(forKey: container) ?? [] { waiter.resume() }
    }

    /// A restart of the unit changes nothing: its successor is adopted.
    ///
    /// Anything else asks for an end.
    private func stopping(_ id: Int) async {
        guard let unit = connections[id]?.unit else { return }
        if await control.isRestarting("\(unit)") {
            connections[id]?.tell(.exit(0))
            connections[id]?.isEnding = true
            return
        }
        stopRequested.insert(unit)
        switch unit.instance {
        case .manager: send(unit.service, .managerStopRequested)
        case .revision(let revision): send(unit.service, .revisionStopRequested(revision))
        }
        if let wishes = wishes[unit.service] { update(wishes) }
    }

    // MARK: Where they meet

    /// Tells each `launch` what is new for it; the units that are to be started.
    private func reconcile(_ wishes: UnitWishes) -> [UnitName] {
        var missing: [UnitName] = []
        for (id, connection) in connections {
            guard let unit = connection.unit, unit.service == wishes.service, !connection.isEnding else { continue }
            tell(id, unit, wishes)
        }
        let present = Set(connections.values.compactMap(\.unit)).union(starting)
        for (revision, wish) in wishes.revisions {
            let unit = UnitName(wishes.service, .revision(revision))
            if case .active = wish, !present.contains(unit) { missing.append(unit) }
        }
        let manager = UnitName(wishes.service, .manager)
        if case .active = wishes.manager, !present.contains(manager) { missing.append(manager) }
        starting.formUnion(missing)
        return missing
    }

    private func tell(_ id: Int, _ unit: UnitName, _ wishes: UnitWishes) {
        let wish: Rollout.UnitWish? =
            switch unit.instance {
            case .manager: wishes.manager
            case .revision(let revision): wishes.revisions[revision]
            }
        connections[id]?.tell(.stopTimeout(Int(wishes.stopTimeout.components.seconds) + 1))
        switch wish {
        case .active(let isReady):
            connections[id]?.tell(.status(wishes.status))
            if isReady { connections[id]?.tell(.ready) }
            if case .revision(let revision) = unit.instance {
                for container in wishes.containers[revision] ?? [] {
                    connections[id]?.follow(container, since: positions[container])
                }
            }
        case .ended(let code): end(id, unit, code)
        case nil:
            // A unit that nothing is known of may belong to a service whose document is still on its way.
            if stopRequested.contains(unit) || unit.instance != .manager { end(id, unit, 0) }
        }
    }

    private func end(_ id: Int, _ unit: UnitName, _ code: Int) {
        connections[id]?.tell(.exit(code))
        connections[id]?.isEnding = true
        stopRequested.remove(unit)
    }

    private func start(_ unit: UnitName) async {
        do {
            if try await !control.start("\(unit)") { logger.warning("the unit \(unit) didn't become active") }
        } catch {
            logger.warning("the unit \(unit) can't be started; its containers run all the same: \(error)")
        }
        starting.remove(unit)
    }

    /// A service whose document names an address gets units of its own.
    private func makeUnits(of service: ServiceID, _ definition: AcceptedDefinition) async {
        guard !definition.definition.addresses.isEmpty else { return }
        let change = await templates.write(service, definition.definition)
        guard change != .none else { return }
        do {
            try await control.reload()
        } catch {
            logger.error("systemd can't read the units of \(service) anew: \(error)")
        }
        // One that was there before may have been stopped by a person.
        if change == .made { await start(UnitName(service, .manager)) }
    }
}

/// One `launch`, and what it was told.
private struct LaunchConnection {
    let orders: AsyncStream<LaunchOrder>.Continuation
    var unit: UnitName?
    var isEnding = false
    private(set) var following: Set<ContainerID> = []
    private var told: [String: LaunchOrder] = [:]

    init(orders: AsyncStream<LaunchOrder>.Continuation) {
        self.orders = orders
    }

    /// Says what hasn't been said yet.
    mutating func tell(_ order: LaunchOrder) {
        let kind = String(order.line.prefix { $0 != " " })
        guard told[kind] != order else { return }
        told[kind] = order
        orders.yield(order)
    }

    mutating func follow(_ container: ContainerID, since: String?) {
        guard following.insert(container).inserted else { return }
        orders.yield(.logs(container, since: since))
    }
}
