import Addresses
import CouchDB
import DefinitionDirectory
import Docker
import HostNetwork
import IPVS
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import SystemPackage

/// The composition root: makes the parts, connects them, and runs them until the process is told to stop.
struct Daemon: Sendable {
    let configuration: Configuration
    let logger: Logger

    func run() async {
        // One thread is enough for sockets that are mostly quiet, and each costs memory.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let docker = DockerClient(socketPath: configuration.dockerSocket, group: group)
        let ipvs = IPVSClient()
        let network = HostNetwork()
        let clock = ContinuousClock()
        let board = StatusBoard()
        let addresses = AddressWatch()
        let runtime = DockerRuntime(client: docker, logger: logger)
        let balancer = IPVSBalancer(client: ipvs) { try? addresses.localAddresses() }
        let store = StateStore(
            directory: FilePath(configuration.stateDirectory).appending("services"),
            logger: logger,
            decode: { ServiceDefinition.decode($0).definition }
        )
        let manager = ServiceManager(
            .init(
                runtime: runtime,
                balancer: balancer,
                prober: NetworkProber(group: group, docker: { await runtime.health(of: $0) }),
                clock: clock,
                store: store,
                units: NoUnits(),
                board: board,
                logger: logger
            ),
            runsWithoutUnits: configuration.units == .none
        )
        let inbox = manager.inbox
        let observations = await HostObserver(
            runtime: runtime,
            balancer: balancer,
            store: store,
            board: board,
            clock: clock,
            logger: logger
        ).observe()
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await manager.run(adopting: observations) {} }
            tasks.addTask {
                await DockerWatcher(client: docker, clock: clock, board: board, logger: logger) {
                    inbox.send(.service($0, $1))
                }.run()
            }
            tasks.addTask {
                await HostNetworkKeeper(network: network, board: board, clock: clock, logger: logger).run()
            }
            addSources(to: &tasks, inbox, group)
        }
    }

    private func addSources(
        to tasks: inout DiscardingTaskGroup,
        _ inbox: ManagerInbox,
        _ group: MultiThreadedEventLoopGroup
    ) {
        if !configuration.servicesDirectory.isEmpty {
            let directory = DefinitionDirectory(
                path: configuration.servicesDirectory,
                stateDirectory: configuration.stateDirectory,
                eventLoopGroup: group
            )
            let origin = DefinitionOrigin.directory(configuration.servicesDirectory)
            tasks.addTask {
                await directory.run { event in
                    for event in DefinitionSources.events(event) { inbox.send(.source(event, origin)) }
                }
            }
        }
        guard let url = configuration.couchDBURL else { return }
        do throws(CouchDBLocationError) {
            let location = try CouchDBLocation(url, certificateAuthorityFile: configuration.couchDBCAFile)
            let source = CouchDBSource(
                client: CouchDBClient(location: location, eventLoopGroup: group),
                clock: ContinuousClock(),
                generator: SystemRandomNumberGenerator()
            )
            let origin = DefinitionOrigin.couchDB(location.description)
            tasks.addTask {
                await source.run { event in
                    for event in DefinitionSources.events(event) { inbox.send(.source(event, origin)) }
                }
            }
        } catch {
            logger.error("COUCHDB_URL can't be used: \(error)")
        }
    }
}
