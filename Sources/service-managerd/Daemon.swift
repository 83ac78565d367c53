import Addresses
import BlockingCalls
import ControlServer
import CouchDB
import DefinitionDirectory
import Docker
import HostNetwork
import IPVS
import Logging
import NIOCore
import NIOPosix
import ServiceManager
import ServiceModel
import SystemPackage
import Systemd

/// The composition root: makes the parts, connects them, and runs them until its task is cancelled.
///
/// Containers and virtual services stay as they are when it ends; the next daemon adopts them.
struct Daemon: Sendable {
    let configuration: Configuration
    let logger: Logger

    func run() async throws {
        // Held until the process ends: what a second daemon would do to the first one's containers can't be undone.
        for folder in [configuration.stateDirectory, configuration.runDirectory] {
            _ = try InstanceLock(folder: folder)
        }
        // One thread is enough for sockets that are mostly quiet, and each costs memory.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let sockets = try ListeningSockets(folder: configuration.runDirectory)
        let engine = await DockerWatch(configuration)
        let docker = DockerClient(socketPath: configuration.dockerSocket, group: group, gate: engine.gate)
        let notifier = ServiceNotifier()
        let parts = makeParts(docker, group)
        let inboxes = AsyncStream.makeStream(of: ManagerEvent.self)
        let inbox = ManagerInbox(continuation: inboxes.continuation)
        let own = configuration.couchDBURL.map { url in
            Databases.Own(
                url: url,
                credentialsFile: configuration.couchDBCredentialsFile,
                certificateAuthorityFile: configuration.couchDBCAFile
            )
        }
        let databases = Databases(group: group, known: parts.store.services, own: own, inbox: inbox, logger: logger)
        let statusDatabase = StatusDatabaseSetup(configuration, group: group) { databases.locations }
        let units = makeUnits(inbox, databases, engine.gate, docker, hasPredecessor: sockets.hasPredecessor)
        let manager = ServiceManager(
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
            runsWithoutUnits: configuration.units == .none,
            sources: Set([directoryOrigin, own?.origin].compactMap(\.self)),
            databases: .init(
                useDefault: { databases.useDefault($0) },
                forget: { databases.forget($0) }
            ),
            events: inboxes
        )
        await withDiscardingTaskGroup { tasks in
            addServers(to: &tasks, sockets, parts, docker, manager.inbox, units, group, statusDatabase)
            // It accepts connections: what depends on it may start. No service is waited for.
            notifier.ready()
            tasks.addTask { await engine.follow() }
            let observations = await observe(parts.observer, notifier, engine.gate)
            // Records are on the disk before they are acted on: a disk that hangs must not take the threads of the rest.
            tasks.addTask(executorPreference: BlockingPool.supervision) {
                await manager.run(adopting: observations) {
                    notifier.watchdog()
                    notifier.status(parts.board.summary)
                }
            }
            addWatchers(to: &tasks, parts, docker, manager.inbox)
            tasks.addTask { await databases.run() }
            addDirectory(to: &tasks, manager.inbox, group)
            // After the sources, whose databases it must never write to.
            tasks.addTask { await statusDatabase.publish(parts.board, configuration, logger) }
        }
        notifier.stopping()
        try? await docker.shutdown()
        try? await group.shutdownGracefully()
    }

    /// Looks at the host; that waits for Docker, which isn't to look like a daemon that hangs.
    private func observe(
        _ observer: HostObserver<ContinuousClock>,
        _ notifier: ServiceNotifier,
        _ gate: any EngineGate
    ) async -> [ServiceID: Observation] {
        await withTaskGroup { tasks in
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

    /// What the parts of the daemon share.
    private struct Parts: Sendable {
        let ipvs: IPVSClient
        let board: StatusBoard
        let runtime: DockerRuntime
        let balancer: IPVSBalancer
        let prober: NetworkProber
        let network: HostNetwork
        let store: StateStore
        let owners: AddressOwners
        let observer: HostObserver<ContinuousClock>
    }

    private func makeParts(_ docker: DockerClient, _ group: MultiThreadedEventLoopGroup) -> Parts {
        let ipvs = IPVSClient()
        let addresses = AddressWatch()
        let runtime = DockerRuntime(
            client: docker,
            logins: RegistryLogins(
                path: configuration.dockerConfig,
                environment: RegistryLogins.environment(
                    of: Environment.all,
                    home: configuration.stateDirectory + "/home"
                )
            ),
            credentials: configuration.credentialsDirectory,
            hostName: configuration.hostName.isEmpty ? nil : configuration.hostName,
            logger: logger
        )
        let host = configuration.hostName
        let store = StateStore(
            directory: FilePath(configuration.stateDirectory).appending("services"),
            logger: logger,
            decode: { ServiceDefinition.decode($0).definition?.placed(on: host) }
        )
        let known = store.services
        let board = StatusBoard(
            since: Dictionary(uniqueKeysWithValues: known.compactMap { id in store.since(of: id).map { (id, $0) } }),
            saveSince: { store.save($0, of: $1) }
        )
        let owners = AddressOwners(known.map { ($0, store.claimedAddresses(of: $0)) })
        let tracking = ConnectionTracking()
        let balancer = IPVSBalancer(
            client: ipvs,
            owners: owners,
            forgetConnections: { address, destination in
                do throws(HostNetworkError) {
                    _ = try await tracking.forget(address, at: destination)
                } catch {
                    logger.warning(
                        "\(address): clients of \(destination), which was deleted, may lose a datagram each: \(error)",
                        [.address: "\(address)", .destination: "\(destination)", .error: "\(error)"]
                    )
                }
            },
            localAddresses: { try? addresses.localAddresses() }
        )
        let observer = HostObserver(
            runtime: runtime,
            balancer: balancer,
            store: store,
            owners: owners,
            boot: StateStore.currentBoot,
            board: board,
            clock: ContinuousClock(),
            logger: logger
        )
        return Parts(
            ipvs: ipvs,
            board: board,
            runtime: runtime,
            balancer: balancer,
            prober: NetworkProber(
                group: group,
                docker: { await runtime.health(of: $0) },
                exec: { await runtime.run($1, in: $0, limit: $2) }
            ),
            network: HostNetwork(),
            store: store,
            owners: owners,
            observer: observer
        )
    }

    private func makeUnits(
        _ inbox: ManagerInbox,
        _ databases: Databases,
        _ engine: any EngineGate,
        _ docker: DockerClient,
        hasPredecessor: Bool
    ) -> SystemdUnits? {
        guard configuration.units == .systemd else { return nil }
        return SystemdUnits(
            control: SystemdControl(bus: SystemBus()),
            templates: UnitTemplates(
                directory: FilePath(configuration.generatedDirectory),
                unstarted: FilePath(configuration.stateDirectory).appending("unstarted")
            ),
            engine: engine,
            hasPredecessor: hasPredecessor,
            docker: DockerAccess(
                socket: configuration.dockerSocket,
                version: { docker.agreedVersion },
                isOtherEngine: { await docker.isOtherEngine() }
            ),
            logger: logger,
            useDatabase: { databases.use($1, for: $0) },
            send: { inbox.send(.service($0, $1)) }
        )
    }

    /// Which of some units run, for the preflight; none without systemd.
    private var activeUnits: @Sendable ([String]) async -> Set<String> {
        guard configuration.units == .systemd else { return { _ in [] } }
        let bus = SystemBus()
        return { names in
            let found = (try? await bus.units(patterns: names)) ?? []
            return Set(found.filter { $0.activeState == "active" }.map(\.name))
        }
    }

    /// In which zones of firewalld's some interfaces are, for the doctor; what can't be asked is left out.
    private var bridgeZones: @Sendable ([String]) async -> BridgeZones {
        guard configuration.units == .systemd else { return { _ in BridgeZones() } }
        let bus = SystemBus()
        return { interfaces in
            var found = BridgeZones()
            for interface in interfaces {
                do {
                    guard let zone = try await bus.firewallZone(of: interface) else {
                        found.missing.append(interface)
                        continue
                    }
                    if try await bus.permanentFirewallZone(of: interface) == nil {
                        found.temporary[zone, default: []].append(interface)
                    }
                } catch {
                    logger.debug("firewalld doesn't say in which zone \(interface) is: \(error)")
                }
            }
            return found
        }
    }

    private func addServers(
        to tasks: inout DiscardingTaskGroup,
        _ sockets: ListeningSockets,
        _ parts: Parts,
        _ docker: DockerClient,
        _ inbox: ManagerInbox,
        _ units: SystemdUnits?,
        _ group: MultiThreadedEventLoopGroup,
        _ statusDatabase: StatusDatabaseSetup
    ) {
        let backend = DaemonBackend(
            board: parts.board,
            inbox: inbox,
            docker: docker,
            ipvs: parts.ipvs,
            balancer: parts.balancer,
            store: parts.store,
            adoption: Adoption(
                client: docker,
                ipvs: parts.ipvs,
                runtime: parts.runtime,
                owners: parts.owners,
                board: parts.board
            ),
            statusDatabase: statusDatabase,
            hostDoctor: HostDoctor(
                docker: docker,
                ipvs: parts.ipvs,
                network: parts.network,
                prober: parts.prober,
                board: parts.board,
                timeouts: configuration.ipvsTimeouts,
                activeUnits: activeUnits,
                bridgeZones: bridgeZones,
                hasUnits: configuration.units == .systemd
            )
        )
        tasks.addTask {
            do {
                try await ControlServer(backend: backend, logger: logger).run(descriptor: sockets.control)
            } catch {
                if !Task.isCancelled { logger.error("the control socket is closed: \(error)") }
            }
        }
        guard let units else { return }
        tasks.addTask(executorPreference: BlockingPool.supervision) { await units.run() }
        tasks.addTask {
            do {
                try await LaunchServer(group: group, units: units, logger: logger).run(descriptor: sockets.launch)
            } catch {
                if !Task.isCancelled { logger.error("the socket for launch is closed: \(error)") }
            }
        }
    }

    private func addWatchers(
        to tasks: inout DiscardingTaskGroup,
        _ parts: Parts,
        _ docker: DockerClient,
        _ inbox: ManagerInbox
    ) {
        tasks.addTask {
            await DockerWatcher(
                client: docker,
                runtime: parts.runtime,
                clock: ContinuousClock(),
                board: parts.board,
                logger: logger
            ) { inbox.send(.service($0, $1)) }.run()
        }
        tasks.addTask {
            await ProcessWatcher(client: docker, board: parts.board) { inbox.send(.service($0, $1)) }.run()
        }
        tasks.addTask {
            await TrafficWatch(
                balancer: parts.balancer,
                board: parts.board,
                clock: ContinuousClock(),
                logger: logger
            ) { inbox.send(.drifted($0, $1)) }.run()
        }
        if let timeouts = configuration.ipvsTimeouts {
            tasks.addTask {
                await IPVSTimeoutsKeeper(timeouts, client: parts.ipvs, clock: ContinuousClock(), logger: logger).run()
            }
        }
        tasks.addTask { await watchAddresses(inbox) }
        tasks.addTask(executorPreference: BlockingPool.supervision) {
            await StrayCollector(
                runtime: parts.runtime,
                store: parts.store,
                board: parts.board,
                clock: ContinuousClock(),
                logger: logger
            ) { inbox.send(.service($0, $1)) }.run()
        }
        tasks.addTask {
            await HostNetworkKeeper(
                network: parts.network,
                board: parts.board,
                clock: ContinuousClock(),
                logger: logger
            ).run()
        }
    }

    /// Services that wait for an address look again as soon as one is added.
    private func watchAddresses(_ inbox: ManagerInbox) async {
        do throws(HostNetworkError) {
            for await _ in try AddressChanges.stream() { inbox.send(.addressesChanged) }
        } catch {
            logger.warning("new addresses of this host are noticed late: \(error)", [.error: "\(error)"])
        }
    }

    private var directoryOrigin: DefinitionOrigin? {
        configuration.servicesDirectory.isEmpty ? nil : .directory(configuration.servicesDirectory)
    }

    private func addDirectory(
        to tasks: inout DiscardingTaskGroup,
        _ inbox: ManagerInbox,
        _ group: MultiThreadedEventLoopGroup
    ) {
        guard let origin = directoryOrigin else { return }
        let directory = DefinitionDirectory(
            path: configuration.servicesDirectory,
            stateDirectory: configuration.stateDirectory,
            eventLoopGroup: group
        )
        tasks.addTask(executorPreference: BlockingPool.supervision) {
            await directory.run { event in
                for event in DefinitionSources.events(event) { inbox.send(.source(event, origin)) }
            }
        }
    }
}
