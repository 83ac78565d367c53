import BlockingCalls
import ControlServer
import Logging
import ServiceManager

/// The daemon's sockets.
extension Daemon {
    func addServers(
        to tasks: inout DiscardingTaskGroup,
        _ sockets: ListeningSockets,
        _ parts: DaemonParts,
        _ units: SystemdUnits?,
        _ statusDatabase: StatusDatabaseSetup
    ) {
        let backend = DaemonBackend(
            board: parts.board,
            inbox: parts.inbox,
            docker: parts.docker,
            ipvs: parts.ipvs,
            balancer: parts.balancer,
            store: parts.store,
            adoption: Adoption(
                client: parts.docker,
                ipvs: parts.ipvs,
                runtime: parts.runtime,
                owners: parts.owners,
                registry: parts.board.registry
            ),
            statusDatabase: statusDatabase,
            hostDoctor: HostDoctor(
                docker: parts.docker,
                ipvs: parts.ipvs,
                network: parts.network,
                prober: parts.prober,
                board: parts.board,
                timeouts: configuration.ipvsTimeouts,
                activeUnits: activeUnits,
                bridgeZones: bridgeZones,
                hasUnits: configuration.units == .systemd
            ),
            units: units,
            policy: configuration.policy
        )
        tasks.addTask {
            do {
                let server = ControlServer(backend: backend, logger: logger, eventLoopGroup: parts.group)
                try await server.run(descriptor: sockets.control)
            } catch {
                if !Task.isCancelled { logger.error("the control socket was closed: \(error)") }
            }
        }
        guard let units else { return }
        tasks.addTask(executorPreference: BlockingPool.supervision) { await units.run() }
        tasks.addTask {
            do {
                try await LaunchServer(group: parts.group, units: units, logger: logger).run(descriptor: sockets.launch)
            } catch {
                if !Task.isCancelled { logger.error("the socket for launch was closed: \(error)") }
            }
        }
    }
}
