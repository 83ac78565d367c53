package import Docker
package import ServiceModel
import Systemd

/// Tells services at once when a container's process has ended.
///
/// Docker reports the end as well, and the exit code, but only after the process's shim, containerd and Docker's own
/// bookkeeping. Until then clients would be sent to a container that can't answer.
package struct ProcessWatcher: Sendable {
    private let client: DockerClient
    private let registry: ServiceRegistry
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void

    package init(
        client: DockerClient,
        registry: ServiceRegistry,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.client = client
        self.registry = registry
        self.send = send
    }

    /// Watches every container that is started, until it is cancelled.
    package func run() async {
        var watched: Set<Process> = []
        await withDiscardingTaskGroup { tasks in
            for await _ in registry.changes() {
                let started = registry.startedContainers
                let running = Set(
                    started.compactMap { container, found in
                        found.processID.flatMap { Int32(exactly: $0) }.map { Process(container: container, id: $0) }
                    }
                )
                for process in running.subtracting(watched) { tasks.addTask { await watch(process) } }
                watched = running
            }
            tasks.cancelAll()
        }
    }

    /// A container that is started again has another process.
    private struct Process: Hashable {
        var container: ContainerID
        var id: Int32
    }

    private func watch(_ watched: Process) async {
        guard let process = ProcessDescriptor(watched.id) else { return }
        // The process id may have been reused before it was opened. It wasn't if it is still the container's.
        guard let details = try? await client.inspectContainer(watched.container.rawValue), details.isRunning,
            details.pid == Int(watched.id)
        else {
            return
        }
        await process.waitForEnd()
        guard !Task.isCancelled, registry.startedContainers[watched.container]?.processID == Int(watched.id) else {
            return
        }
        for rollout in registry.rollouts {
            for instance in rollout.instances.values where instance.container == watched.container {
                send(rollout.service, .host(.container(watched.container, .ended(nil))))
            }
        }
    }
}
