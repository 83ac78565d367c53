import BlockingCalls
import HostNetwork
import ServiceManager

/// The loops that watch the host and tell the services about changes.
extension Daemon {
    func addWatchers(
        to tasks: inout DiscardingTaskGroup,
        _ parts: DaemonParts
    ) {
        let inbox = parts.inbox
        tasks.addTask {
            await DockerWatcher(
                client: parts.docker,
                runtime: parts.runtime,
                clock: ContinuousClock(),
                registry: parts.board.registry,
                logger: logger
            ) { inbox.send(.service($0, $1)) }.run()
        }
        tasks.addTask {
            await ProcessWatcher(client: parts.docker, registry: parts.board.registry) { inbox.send(.service($0, $1)) }
                .run()
        }
        tasks.addTask {
            await TrafficWatcher(
                balancer: parts.balancer,
                registry: parts.board.registry,
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

    /// Makes services that wait for an address try again as soon as one is added.
    private func watchAddresses(_ inbox: ManagerInbox) async {
        do throws(HostNetworkError) {
            for await _ in try AddressChanges.stream() { inbox.send(.addressesChanged) }
        } catch {
            logger.warning("new addresses of this host will be noticed late: \(error)", [.error: "\(error)"])
        }
    }
}
