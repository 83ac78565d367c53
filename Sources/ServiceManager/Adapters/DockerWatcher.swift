package import Docker
package import Logging
package import ServiceModel

/// Follows Docker's events, and tells services of containers that ended.
///
/// Losing sight of Docker says nothing of containers.
///
/// The stream doesn't replay what happened while nobody listened, so each connection subscribes first and lists then. Docker
/// drops events when many come at once, so the containers are also listed now and then.
package struct DockerWatcher<Time: Clock>: Sendable where Time.Duration == Duration {
    private let client: DockerClient
    private let clock: Time
    private let board: StatusBoard
    private let logger: Logger
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void

    package init(
        client: DockerClient,
        clock: Time,
        board: StatusBoard,
        logger: Logger,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.client = client
        self.clock = clock
        self.board = board
        self.logger = logger
        self.send = send
    }

    /// How often the containers are listed, whatever the events say.
    private static var listingInterval: Duration { .seconds(30) }

    /// Follows until it is cancelled; connects anew after 0.1 s, doubled up to 5 s.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await follow() }
            tasks.addTask {
                while (try? await clock.sleep(for: Self.listingInterval)) != nil {
                    await client.untilEngineRuns()
                    await compare()
                }
            }
        }
    }

    private func follow() async {
        var attempt = 0
        while !Task.isCancelled {
            if await !client.isEngineRunning() {
                logger.notice("Docker is stopped; containers are taken to run on until it is started again", [:])
                await client.untilEngineRuns()
                attempt = 0
            }
            do throws(DockerError) {
                var asked = Asked()
                try await client.events(onConnected: { await connected() }) { event in await take(event, &asked) }
                logger.warning("Docker ended its event stream; containers are taken to run on", [:])
                attempt = 0
            } catch {
                if Task.isCancelled { return }
                if attempt == 0 {
                    logger.warning(
                        "Docker's events can't be followed; containers are taken to run on",
                        [.error: "\(error)"]
                    )
                }
            }
            let delay = RolloutPolicy.backoff(attempt, base: .milliseconds(100), longest: .seconds(5))
            attempt += 1
            try? await clock.sleep(for: delay)
        }
    }

    /// What came before a container's end, and tells why it ends.
    private struct Asked {
        var killed: Set<String> = []
        var outOfMemory: Set<String> = []
    }

    private func take(_ event: DockerEvent, _ asked: inout Asked) async {
        if event.action == "disconnect", let container = event.attributes["container"] {
            return await disconnected(container)
        }
        guard let (service, id) = owner(of: event) else { return }
        switch event.action {
        case "kill": asked.killed.insert(event.id)
        case "oom": asked.outOfMemory.insert(event.id)
        case "die":
            let report = ExitReport(
                code: event.exitCode ?? 0,
                outOfMemory: asked.outOfMemory.remove(event.id) != nil,
                isByHand: asked.killed.remove(event.id) != nil
            )
            send(service, .exited(id, report))
        case "destroy": send(service, .vanished(id))
        case "pause": send(service, .suspended(id, true))
        case "unpause": send(service, .suspended(id, false))
        default: break
        }
    }

    /// Whose container it is: its labels say so, or, of an adopted one, what the services remember.
    private func owner(of event: DockerEvent) -> (ServiceID, InstanceID)? {
        if let labels = ContainerLabels(event.attributes) { return (labels.service, labels.instance) }
        for rollout in board.rollouts {
            for instance in rollout.instances.values
            where instance.isAdopted && instance.container?.rawValue == event.id {
                return (rollout.service, instance.id)
            }
        }
        return nil
    }

    /// Docker also tells of each container that ends; only one that runs on without its address matters.
    private func disconnected(_ container: String) async {
        for rollout in board.rollouts {
            for instance in rollout.instances.values
            where instance.container?.rawValue == container && instance.isStarted {
                guard let details = try? await client.inspectContainer(container), details.isRunning else { return }
                if details.endpoints(instance.definition).first != instance.endpoint {
                    send(rollout.service, .disconnected(instance.id))
                }
            }
        }
    }

    private func connected() async {
        for rollout in board.rollouts { send(rollout.service, .engineReturned) }
        await compare()
    }

    /// What the services believe, against what Docker has: those that ended unseen are told of.
    private func compare() async {
        // Looked at before Docker is: a container that is made in between must not be missed in the older list.
        let rollouts = board.rollouts
        do throws(DockerError) {
            var running: Set<String> = []
            var known: Set<String> = []
            for summary in try await client.listContainers(label: [ContainerLabels.service]) {
                known.insert(summary.id)
                if summary.state == "running" || summary.state == "paused" { running.insert(summary.id) }
            }
            for rollout in rollouts {
                for instance in rollout.instances.values where instance.isStarted {
                    guard let container = instance.container?.rawValue, !running.contains(container) else { continue }
                    await tell(
                        rollout.service,
                        instance.id,
                        container,
                        isKnown: known.contains(container) || instance.isAdopted
                    )
                }
            }
        } catch {
            logger.warning("Docker's containers can't be listed", [.error: "\(error)"])
        }
    }

    private func tell(_ service: ServiceID, _ id: InstanceID, _ container: String, isKnown: Bool) async {
        guard isKnown else { return send(service, .vanished(id)) }
        do throws(DockerError) {
            let details = try await client.inspectContainer(container)
            guard !details.isRunning else { return }
            send(service, .exited(id, ExitReport(code: details.exitCode, outOfMemory: details.outOfMemory)))
        } catch {
            if error.isNotFound { send(service, .vanished(id)) }
        }
    }
}

extension Instance {
    /// True when its process should be there.
    fileprivate var isStarted: Bool {
        switch phase {
        case .probing, .attaching, .serving, .ejected, .draining: true
        case .creating, .starting, .stopping, .detaching, .removing: false
        }
    }
}
