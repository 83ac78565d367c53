package import Docker
package import ServiceModel
import Systemd

/// Tells services the moment a container's process has ended.
///
/// Docker tells of an end, too, and how it ended; but only after the process's shim, containerd and Docker's own
/// bookkeeping, and until then clients would be sent to a container that can't answer.
package struct ProcessWatcher: Sendable {
    private let client: DockerClient
    private let board: StatusBoard
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void

    package init(
        client: DockerClient,
        board: StatusBoard,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.client = client
        self.board = board
        self.send = send
    }

    /// Watches every container that is started, until it is cancelled.
    package func run() async {
        var watched: Set<ContainerID> = []
        await withDiscardingTaskGroup { tasks in
            for await _ in board.changes() {
                let started = board.startedContainers
                watched.formIntersection(started.keys)
                for (container, process) in started {
                    guard let processID = process.processID.flatMap({ Int32(exactly: $0) }),
                        watched.insert(container).inserted
                    else {
                        continue
                    }
                    tasks.addTask { await watch(container, processID) }
                }
            }
            tasks.cancelAll()
        }
    }

    private func watch(_ container: ContainerID, _ processID: Int32) async {
        guard let process = ProcessDescriptor(processID) else { return }
        // The number may have gone to another process before it was opened: it hasn't when it is still the container's.
        guard let details = try? await client.inspectContainer(container.rawValue), details.isRunning,
            details.pid == Int(processID)
        else {
            return
        }
        await process.waitForEnd()
        guard !Task.isCancelled else { return }
        for rollout in board.rollouts {
            for instance in rollout.instances.values where instance.container == container {
                send(rollout.service, .processEnded(instance.id))
            }
        }
    }
}
