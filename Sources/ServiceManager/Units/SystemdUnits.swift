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
    let send: @Sendable (ServiceID, RolloutEvent) -> Void
    let templates: UnitTemplates
    let reloader: UnitReloader
    let clock: any Clock<Duration>
    /// Whether another daemon has run since the boot.
    ///
    /// A unit that is inactive then was stopped by a person.
    let hasPredecessor: Bool
    /// How `launch` reaches Docker.
    let docker: DockerAccess
    /// Called with the database that the unit of a service's manager names; nil when it names none.
    private let useDatabase: @Sendable (ServiceID, String?) -> Void
    private nonisolated let work: AsyncStream<Work>
    private nonisolated let workInbox: AsyncStream<Work>.Continuation

    var wishes: [ServiceID: UnitWishes] = [:]
    var connections: [Int: LaunchConnection] = [:]
    private var lastConnection = 0
    var starting: Set<UnitName> = []
    /// Units that have run, or were started, under this daemon's eyes.
    var seen: Set<UnitName> = []
    var positions: [ContainerID: String] = [:]
    private var copied: Set<ContainerID> = []
    private var copyWaiters: [ContainerID: [AsyncStream<Void>.Continuation]] = [:]
    /// How long the copying of a container's output may make no progress before the container is removed anyway.
    private static let longestCopyPause = Duration.seconds(30)
    /// Units that a person stopped; they aren't started again for now.
    var stopRequested: Set<UnitName> = []
    /// Services whose units' name is taken by another program's template, with the path of its file.
    var foreign: [ServiceID: String] = [:]
    /// Services whose templates have been checked.
    private var ordered: Set<ServiceID> = []
    /// Services whose templates are removed once none of their units runs.
    private var withdrawing: Set<ServiceID> = []

    private enum Work: Sendable {
        case update(UnitWishes)
        case defined(AcceptedDefinition, ServiceID)
        case withdrawn(ServiceID)
        case engineReturned
        /// Something about its units has changed, but not the wishes.
        case reconsider(ServiceID)
        case managerStarted(ServiceID)
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
        self.templates = templates
        self.engine = engine
        self.hasPredecessor = hasPredecessor
        self.docker = docker
        self.clock = clock
        self.logger = logger
        self.useDatabase = useDatabase
        self.send = send
        reloader = UnitReloader(control: control, clock: clock, logger: logger)
        (work, workInbox) = AsyncStream.makeStream()
    }

    /// Keeps the units in the wanted state until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.reloader.run() }
            tasks.addTask {
                for await isRunning in self.engine.changes() where isRunning { self.workInbox.yield(.engineReturned) }
            }
            for await item in work {
                switch item {
                case .update(let wishes):
                    let before = self.wishes.updateValue(wishes, forKey: wishes.service)
                    if before?.isDefined == true, !wishes.isDefined { withdrawing.insert(wishes.service) }
                    endWaits(for: wishes.service)
                    await reconcile(wishes, in: &tasks)
                case .reconsider(let service):
                    if let wishes = wishes[service] { await reconcile(wishes, in: &tasks) }
                case .engineReturned: for wishes in wishes.values { await reconcile(wishes, in: &tasks) }
                case .defined(let definition, let service):
                    withdrawing.remove(service)
                    tasks.addTask { await self.makeUnits(of: service, definition) }
                case .withdrawn(let service):
                    withdrawing.insert(service)
                    if let wishes = wishes[service] { await reconcile(wishes, in: &tasks) }
                case .managerStarted(let service): tasks.addTask { await self.templates.wasStarted(service) }
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
        if withdrawing.contains(service), hasEnded(service) {
            withdrawing.remove(service)
            // Before the next task, which may be a definition that needs the template again.
            await templates.remove(service)
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

    package nonisolated func update(_ wishes: UnitWishes) { workInbox.yield(.update(wishes)) }

    package nonisolated func defined(_ definition: AcceptedDefinition, of service: ServiceID) {
        workInbox.yield(.defined(definition, service))
    }

    package nonisolated func withdrawn(_ service: ServiceID) {
        workInbox.yield(.withdrawn(service))
    }

    package func isGone(_ service: ServiceID) async -> Bool {
        guard !connections.values.contains(where: { $0.unit?.service == service }) else { return false }
        return await !control.hasUnit("\(UnitName(service, .manager))")
    }

    package func outputCopied(of container: ContainerID, _ service: ServiceID) async {
        defer { copied.remove(container) }
        guard isFollowed(container), !copied.contains(container) else { return }
        let (end, waiter) = AsyncStream.makeStream(of: Void.self)
        copyWaiters[container, default: []].append(waiter)
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
        var before = positions[container]
        while (try? await clock.sleep(for: Self.longestCopyPause)) != nil {
            let now = positions[container]
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

    package func connected(_ orders: AsyncStream<LaunchOrder>.Continuation) -> Int {
        lastConnection += 1
        connections[lastConnection] = LaunchConnection(orders: orders, docker: docker)
        return lastConnection
    }

    package func disconnected(_ id: Int) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        for container in connection.following { outputEnded(container) }
        guard let unit = connection.unit else { return }
        if !connection.isEnding, let wishes = wishes[unit.service], wants(unit, wishes) {
            logger.warning(
                "the launch of \(unit) ended unexpectedly; its unit is started again",
                [.service: "\(unit.service)"]
            )
        }
        reconsider(unit.service)
    }

    func reconsider(_ service: ServiceID) { workInbox.yield(.reconsider(service)) }

    package func received(_ message: LaunchMessage, from id: Int) async {
        switch message {
        case .hello(let unit, let addresses, let database, _): greeted(unit, addresses, database, id)
        case .stopping: await stopping(id)
        case .position(let container, let time): positions[container] = time
        case .copied(let container):
            connections[id]?.finish(container)
            outputEnded(container)
        case .waiting(let container): workInbox.yield(.resume(container, id))
        case .logFailed(let container, let text):
            logger.warning("the output of container \(container) can't be copied: \(text)")
            connections[id]?.finish(container)
            outputEnded(container)
        }
    }

    private func greeted(_ unit: UnitName, _ addresses: [ServiceAddress]?, _ database: String?, _ id: Int) {
        connections[id]?.unit = unit
        connections[id]?.addresses = addresses
        seen.insert(unit)
        stopRequested.remove(unit)
        if foreign.removeValue(forKey: unit.service) != nil { send(unit.service, .unit(.unitsTaken(by: nil))) }
        if unit.instance == .manager {
            // A revision's unit may have been started before its template was changed.
            useDatabase(unit.service, database)
            if case .ended = wishes[unit.service]?.manager {
                connections[id]?.isBeingJudged = true
                workInbox.yield(.judgeManager(id, addresses))
            } else {
                managerStarted(unit.service, addresses)
            }
        }
        if ordered.insert(unit.service).inserted { workInbox.yield(.checkOrder(unit)) }
        reconsider(unit.service)
    }

    func managerStarted(_ service: ServiceID, _ addresses: [ServiceAddress]?) {
        send(service, .unit(.managerStarted(addresses)))
        workInbox.yield(.managerStarted(service))
    }

    private func outputEnded(_ container: ContainerID) {
        copied.insert(container)
        for waiter in copyWaiters.removeValue(forKey: container) ?? [] { waiter.finish() }
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
            workInbox.yield(.askAgain(id))
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
        stopRequested.insert(unit)
        let wishes = wishes[unit.service]
        switch unit.instance {
        case .manager: send(unit.service, .unit(.managerStopRequested))
        case .revision(let revision) where revision == wishes?.current:
            send(unit.service, .unit(.revisionStopRequested(revision, isShutdown: isShutdown)))
        case .revision:
            // Containers that start or stop continue without their unit. If the whole service ends, their last lines are
            // awaited.
            if wishes?.isManaged == true { dismiss(id, 0) }
            workInbox.yield(.holdBack(unit))
        }
        reconsider(unit.service)
    }

    func dismiss(_ id: Int, _ code: Int) {
        connections[id]?.dismiss(code, isEngineRunning: engine.isOpen) { positions[$0] }
    }

    func stopLater(_ unit: UnitName, _ id: Int) { workInbox.yield(.stop(unit, id)) }

    func recordFailure(_ unit: UnitName) { workInbox.yield(.recordFailure(unit)) }
}
