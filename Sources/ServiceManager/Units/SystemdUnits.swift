import Addresses
import Backoff
package import Docker
package import Logging
package import ServiceModel

/// Brings a service's units into the state that its rollout wants, level-triggered, by `launch`'s lines and systemd's jobs.
///
/// While Docker is stopped it starts no unit, because many require docker.service and would start it.
package actor SystemdUnits: UnitKeeping {
    let control: any UnitControl
    let logger: Logger
    let engine: any EngineGate
    let docker: DockerAccess
    let clock: any Clock<Duration>
    private let report: Report
    private nonisolated let work = AsyncStream.makeStream(of: Work.self)

    var wishes: [ServiceID: UnitWishes] = [:]
    var connections: LaunchConnections
    var memory: UnitMemory
    var files: UnitFiles
    var outputs = OutputCopies()

    /// How long the copying of a container's output may make no progress before the container is removed anyway.
    private static let longestCopyPause = Duration.seconds(30)

    /// Who is told what.
    private struct Report: Sendable {
        /// What happens to units.
        let send: @Sendable (ServiceID, RolloutEvent) -> Void
        /// Called with the database that the unit of a service's manager names; nil when it names none.
        let useDatabase: @Sendable (ServiceID, String?) -> Void
    }

    private enum Work: Sendable {
        case update(UnitWishes)
        case defined(AcceptedDefinition, ServiceID)
        case withdrawn(ServiceID)
        case engineReturned
        /// Something about its units has changed, but not the wishes.
        case reconsider(ServiceID)
        case managerStarted(ServiceID)
        case order(ManagerOrder, ServiceID)
        case checkOrder(UnitName)
        case holdBack(UnitName)
        case recordFailure(UnitName)
        case stop(UnitName, Int)
        case judgeManager(Int, [ServiceAddress]?)
        case resume(ContainerID, Int)
        case askAgain(Int)
    }

    /// - Parameters:
    ///   - control: systemd.
    ///   - templates: The units of services whose documents name an address.
    ///   - engine: Whether connections to Docker are allowed.
    ///   - hasPredecessor: Whether another daemon has run since the boot.
    ///   - docker: How `launch` reaches Docker.
    ///   - clock: Paces retries and waits.
    ///   - logger: Logs units that can't be started, stopped or asked about.
    ///   - useDatabase: Called when a manager's unit starts, with the database that it names; nil for none.
    ///   - send: Receives what happens to units.
    package init(
        control: any UnitControl,
        templates: UnitTemplates,
        engine: any EngineGate,
        hasPredecessor: Bool,
        docker: DockerAccess = DockerAccess(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        useDatabase: @escaping @Sendable (ServiceID, String?) -> Void,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.control = control
        self.engine = engine
        self.docker = docker
        self.clock = clock
        self.logger = logger
        report = Report(send: send, useDatabase: useDatabase)
        connections = LaunchConnections(docker: docker)
        memory = UnitMemory(hasPredecessor: hasPredecessor)
        let reloader = UnitReloader(control: control, clock: clock, logger: logger)
        files = UnitFiles(templates: templates, reloader: reloader)
    }

    /// Keeps the units in the wanted state until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.files.reloader.run() }
            tasks.addTask {
                for await isRunning in self.engine.changes() where isRunning {
                    self.work.continuation.yield(.engineReturned)
                }
            }
            for await item in work.stream {
                switch item {
                case .update(let wishes):
                    let before = self.wishes.updateValue(wishes, forKey: wishes.service)
                    if before?.isDefined == true, !wishes.isDefined { files.withdrawing.insert(wishes.service) }
                    endWaits(for: wishes.service)
                    await reconcile(wishes, in: &tasks)
                case .reconsider(let service):
                    if let wishes = wishes[service] { await reconcile(wishes, in: &tasks) }
                case .engineReturned: for wishes in wishes.values { await reconcile(wishes, in: &tasks) }
                case .defined(let definition, let service):
                    files.withdrawing.remove(service)
                    tasks.addTask { await self.makeUnits(of: service, definition) }
                case .withdrawn(let service):
                    files.withdrawing.insert(service)
                    if let wishes = wishes[service] { await reconcile(wishes, in: &tasks) }
                case .managerStarted(let service): tasks.addTask { await self.files.templates.wasStarted(service) }
                case .order(let order, let service): tasks.addTask { await self.carryOut(order, service) }
                case .checkOrder(let unit): tasks.addTask { await self.checkOrder(of: unit) }
                case .holdBack(let unit): tasks.addTask { await self.holdBack(unit) }
                case .stop(let unit, let id): tasks.addTask { await self.carryOutStop(of: unit, id) }
                case .judgeManager(let id, let addresses): tasks.addTask { await self.judgeManager(id, addresses) }
                case .resume(let container, let id): tasks.addTask { await self.resume(container, id) }
                case .askAgain(let id): tasks.addTask { await self.askAgain(id) }
                case .recordFailure(let unit):
                    tasks.addTask { await self.control.forgetFailures(of: "\(unit.service)", sparing: "\(unit)") }
                }
            }
        }
    }

    private func reconcile(_ wishes: UnitWishes, in tasks: inout DiscardingTaskGroup) async {
        let steps = reconcile(wishes)
        for unit in steps.missing { tasks.addTask { await self.start(unit) } }
        for id in steps.unexpected { tasks.addTask { await self.judge(id) } }
        let service = wishes.service
        if files.withdrawing.contains(service), hasEnded(service) {
            files.withdrawing.remove(service)
            // Before the next task, which may be a definition that needs the template again.
            await files.templates.remove(service)
        }
    }

    /// True when no unit of the service runs or is wanted.
    private func hasEnded(_ service: ServiceID) -> Bool {
        switch wishes[service]?.manager {
        case .active, .leaving: return false
        case .ended, nil: return !connections.values.contains { $0.unit?.service == service }
        }
    }

    // MARK: From the rollouts

    package nonisolated func update(_ wishes: UnitWishes) { work.continuation.yield(.update(wishes)) }

    package nonisolated func defined(_ definition: AcceptedDefinition, of service: ServiceID) {
        work.continuation.yield(.defined(definition, service))
    }

    package nonisolated func withdrawn(_ service: ServiceID) {
        work.continuation.yield(.withdrawn(service))
    }

    package nonisolated func carryOut(_ order: ManagerOrder, of service: ServiceID) {
        work.continuation.yield(.order(order, service))
    }

    package func isGone(_ service: ServiceID) async -> Bool {
        guard !connections.values.contains(where: { $0.unit?.service == service }) else { return false }
        return await !control.hasUnit("\(UnitName(service, .manager))")
    }

    package func outputCopied(of container: ContainerID, _ service: ServiceID) async {
        defer { outputs.forgetEnd(of: container) }
        guard isFollowed(container), !outputs.hasEnded(container) else { return }
        let (end, waiter) = outputs.end(of: container)
        await withDiscardingTaskGroup { tasks in
            tasks.addTask {
                await self.untilCopyingStalls(container, service)
                waiter.finish()
            }
            for await _ in end {}
            tasks.cancelAll()
        }
    }

    private func isFollowed(_ container: ContainerID) -> Bool {
        connections.values.contains { $0.following.contains(container) }
    }

    /// Waits for a container's last lines, as long as the copying makes progress.
    private func untilCopyingStalls(_ container: ContainerID, _ service: ServiceID) async {
        var before = outputs.positions[container]
        while (try? await clock.sleep(for: Self.longestCopyPause)) != nil {
            let now = outputs.positions[container]
            if now == before {
                return logger.warning(
                    "the copying of the output of container \(container) has made no progress for "
                        + "\(Self.longestCopyPause.shortText): the container is removed, and its last lines may be missing",
                    [.service: "\(service)", .container: "\(container)"]
                )
            }
            before = now
        }
    }

    // MARK: From launch

    func send(_ service: ServiceID, _ event: RolloutEvent) { report.send(service, event) }

    package func connected(_ orders: AsyncStream<LaunchOrder>.Continuation) -> Int {
        connections.add(orders)
    }

    package func disconnected(_ id: Int) {
        guard let connection = connections.remove(id) else { return }
        for container in connection.following { outputs.ended(container) }
        guard let unit = connection.unit else { return }
        if !connection.isEnding, let wishes = wishes[unit.service], wants(unit, wishes) {
            logger.warning(
                "the launch of \(unit) ended unexpectedly; its unit is started again",
                [.service: "\(unit.service)"]
            )
        }
        reconsider(unit.service)
    }

    func reconsider(_ service: ServiceID) { work.continuation.yield(.reconsider(service)) }

    package func received(_ message: LaunchMessage, from id: Int) async {
        switch message {
        case .hello(let unit, let addresses, let database, _): greeted(unit, addresses, database, id)
        case .stopping: await stopping(id)
        case .position(let container, let time): outputs.reached(time, in: container)
        case .copied(let container):
            connections[id]?.finish(container)
            outputs.ended(container)
        case .waiting(let container): work.continuation.yield(.resume(container, id))
        case .logFailed(let container, let text):
            logger.warning("the output of container \(container) can't be copied: \(text)")
            connections[id]?.finish(container)
            outputs.ended(container)
        }
    }

    private func greeted(_ unit: UnitName, _ addresses: [ServiceAddress]?, _ database: String?, _ id: Int) {
        connections[id]?.unit = unit
        connections[id]?.addresses = addresses
        memory.seen.insert(unit)
        memory.stopRequested.remove(unit)
        if files.foreign.removeValue(forKey: unit.service) != nil { send(unit.service, .unit(.unitsTaken(by: nil))) }
        if unit.instance == .manager {
            // A revision's unit may have been started before its template was changed.
            report.useDatabase(unit.service, database)
            if case .ended = wishes[unit.service]?.manager {
                connections[id]?.isBeingJudged = true
                work.continuation.yield(.judgeManager(id, addresses))
            } else {
                managerStarted(unit.service, addresses)
            }
        }
        if files.ordered.insert(unit.service).inserted { work.continuation.yield(.checkOrder(unit)) }
        reconsider(unit.service)
    }

    func managerStarted(_ service: ServiceID, _ addresses: [ServiceAddress]?) {
        send(service, .unit(.managerStarted(addresses)))
        work.continuation.yield(.managerStarted(service))
    }

    /// Handles a unit that is asked to stop.
    ///
    /// A restart of the unit changes nothing: the next `launch` is adopted. Neither does a stop together with Docker: the unit
    /// is started again with Docker. Any other stop is a request to end. While systemd can't be asked for the reason, `launch`
    /// waits.
    private func stopping(_ id: Int) async {
        guard let unit = connections[id]?.unit else { return }
        if connections[id]?.farewell != nil { return sayFarewell(id) }
        do {
            stopping(id, unit, try await control.stopReason(of: "\(unit)"))
        } catch {
            logger.warning(
                "\(unit) is asked to stop, but systemd can't be asked why: \(error); it is asked again",
                [.service: "\(unit.service)"]
            )
            work.continuation.yield(.askAgain(id))
        }
    }

    /// Asks again until systemd answers, for half a minute at most, so that a shutdown isn't held up.
    private func askAgain(_ id: Int) async {
        for attempt in 0..<10 {
            let delay = Backoff(from: .milliseconds(100), to: .seconds(5)).delay(attempt)
            guard (try? await clock.sleep(for: delay)) != nil, let unit = connections[id]?.unit else { return }
            if let reason = try? await control.stopReason(of: "\(unit)") { return stopping(id, unit, reason) }
        }
        guard let unit = connections[id]?.unit else { return }
        logger.error(
            "\(unit) ends, but systemd can't be asked why: its containers are left alone, and it is started again; "
                + "see: systemctl status dbus",
            [.service: "\(unit.service)"]
        )
        dismiss(id, 0)
    }

    private func stopping(_ id: Int, _ unit: UnitName, _ reason: UnitStopReason) {
        switch reason {
        case .restart: dismiss(id, 0)
        case .docker:
            logger.notice(
                "\(unit) is stopped together with Docker, and is started again with Docker; its containers are left alone",
                [.service: "\(unit.service)"]
            )
            dismiss(id, 0)
        case .shutdown: stoppedForGood(id, unit, isShutdown: true)
        case .person: stoppedForGood(id, unit, isShutdown: false)
        }
    }

    private func stoppedForGood(_ id: Int, _ unit: UnitName, isShutdown: Bool) {
        memory.stopRequested.insert(unit)
        let wishes = wishes[unit.service]
        switch unit.instance {
        case .manager: send(unit.service, .unit(.managerStopRequested))
        case .revision(let revision) where revision == wishes?.current:
            send(unit.service, .unit(.revisionStopRequested(revision, isShutdown: isShutdown)))
        case .revision:
            // Containers that start or stop continue without their unit. If the whole service ends, their last lines are
            // awaited.
            if wishes?.isManaged == true { dismiss(id, 0) }
            work.continuation.yield(.holdBack(unit))
        }
        reconsider(unit.service)
    }

    func dismiss(_ id: Int, _ code: Int) {
        connections[id]?.dismiss(code, isEngineRunning: engine.isOpen) { outputs.positions[$0] }
    }

    func stopLater(_ unit: UnitName, _ id: Int) { work.continuation.yield(.stop(unit, id)) }

    func recordFailure(_ unit: UnitName) { work.continuation.yield(.recordFailure(unit)) }
}
