import Docker
import HostNetwork
import IPVS
import NIOPosix
import ServiceManager
import ServiceModel
import SystemPackage

/// Objects that the parts of the daemon share.
struct DaemonParts: Sendable {
    let inbox: ManagerInbox
    let group: MultiThreadedEventLoopGroup
    let docker: DockerClient
    let ipvs: IPVSClient
    let board: StatusBoard
    let runtime: DockerRuntime
    let balancer: IPVSBalancer
    let prober: NetworkProber
    let network: HostNetwork
    let store: StateStore
    let owners: AddressOwners
}

extension Daemon {
    /// Makes them, each after those that it needs.
    func makeParts(_ docker: DockerClient, _ group: MultiThreadedEventLoopGroup, _ inbox: ManagerInbox) -> DaemonParts {
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
                        "\(address): each client of the deleted destination \(destination) may lose a datagram: \(error)",
                        [.address: "\(address)", .destination: "\(destination)", .error: "\(error)"]
                    )
                }
            },
            localAddresses: { try? addresses.localAddresses() }
        )
        return DaemonParts(
            inbox: inbox,
            group: group,
            docker: docker,
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
            owners: owners
        )
    }
}
