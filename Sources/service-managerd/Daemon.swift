import BlockingCalls
import Docker
import Logging
import NIOCore
import NIOPosix
import ServiceManager
import ServiceModel
import Systemd

/// The composition root: it makes the parts, connects them, and runs them until its task is cancelled.
///
/// Containers and virtual services aren't changed when it ends. The next daemon adopts them.
struct Daemon: Sendable {
    let configuration: Configuration
    let logger: Logger

    func run() async throws {
        // The lock is held until the process ends, because a second daemon could damage the first one's containers.
        for folder in [configuration.stateDirectory, configuration.runDirectory] {
            _ = try InstanceLock(folder: folder)
        }
        // One thread is enough for sockets that are mostly idle, and each thread costs memory.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let sockets = try ListeningSockets(folder: configuration.runDirectory)
        let engine = await DockerWatch(configuration)
        let docker = DockerClient(socketPath: configuration.dockerSocket, group: group, gate: engine.gate)
        let events = AsyncStream.makeStream(of: ManagerEvent.self)
        let parts = makeParts(docker, group, ManagerInbox(continuation: events.continuation))
        let databases = makeDatabases(parts)
        let statusDatabase = StatusDatabaseSetup(configuration, group: group) { databases.locations }
        let units = makeUnits(parts, databases, engine.gate, hasPredecessor: sockets.hasPredecessor)
        let manager = makeManager(parts, databases, units, events)
        let notifier = ServiceNotifier()
        await withDiscardingTaskGroup { tasks in
            addServers(to: &tasks, sockets, parts, units, statusDatabase)
            // The sockets accept connections, so dependent units may start. The daemon doesn't wait for any service.
            notifier.ready()
            tasks.addTask { await engine.follow() }
            let observations = await observe(parts, notifier, engine.gate)
            // Records are written to disk before they are acted on. A disk that hangs must not take the threads of other parts.
            tasks.addTask(executorPreference: BlockingPool.supervision) {
                await manager.run(adopting: observations) {
                    notifier.watchdog()
                    notifier.status(parts.board.summary)
                }
            }
            addWatchers(to: &tasks, parts)
            tasks.addTask { await databases.run() }
            addDirectory(to: &tasks, parts)
            // After the sources, because it must never write to their databases.
            tasks.addTask { await statusDatabase.publish(parts.board, configuration, logger) }
        }
        notifier.stopping()
        try? await docker.shutdown()
        try? await group.shutdownGracefully()
    }

    private func makeManager(
        _ parts: DaemonParts,
        _ databases: Databases,
        _ units: SystemdUnits?,
        _ events: (stream: AsyncStream<ManagerEvent>, continuation: AsyncStream<ManagerEvent>.Continuation)
    ) -> ServiceManager<DockerRuntime, IPVSBalancer, ContinuousClock> {
        ServiceManager(
            .init(
                runtime: parts.runtime,
                balancer: parts.balancer,
                prober: parts.prober,
                clock: ContinuousClock(),
                store: parts.store,
                units: units.map { $0 as any UnitKeeping } ?? NoUnits(),
                board: parts.board,
                turns: StartTurns(limit: configuration.concurrentStarts, board: parts.board),
                logger: logger
            ),
            hostName: configuration.hostName,
            policy: configuration.policy,
            runsWithoutUnits: configuration.units == .none,
            sources: Set([directoryOrigin, ownDatabase?.origin].compactMap(\.self)),
            databases: .init(
                useDefault: { databases.useDefault($0) },
                forget: { databases.forget($0) }
            ),
            events: events
        )
    }

    /// Observes the host.
    ///
    /// It waits for Docker, and says so in the unit's status, so that the daemon doesn't seem to hang.
    private func observe(
        _ parts: DaemonParts,
        _ notifier: ServiceNotifier,
        _ gate: any EngineGate
    ) async -> [ServiceID: Observation] {
        let observer = HostObserver(
            runtime: parts.runtime,
            balancer: parts.balancer,
            store: parts.store,
            owners: parts.owners,
            boot: StateStore.currentBoot,
            registry: parts.board.registry,
            clock: ContinuousClock(),
            logger: logger
        )
        return await withTaskGroup { tasks in
            tasks.addTask(executorPreference: BlockingPool.supervision) { () -> [ServiceID: Observation]? in
                await observer.observe()
            }
            tasks.addTask {
                while !Task.isCancelled {
                    notifier.watchdog()
                    notifier.status(gate.isOpen ? "waiting for Docker" : "waiting for Docker, which is stopped")
                    try? await Task.sleep(for: .seconds(5))
                }
                return nil
            }
            var found: [ServiceID: Observation]?
            for await result in tasks where found == nil {
                found = result
                tasks.cancelAll()
            }
            return found ?? [:]
        }
    }
}
