import Backoff
package import Docker
package import Logging
package import ServiceModel

/// Follows Docker's events, and tells services about containers that ended.
///
/// Losing the connection to Docker says nothing about containers.
///
/// The stream doesn't replay events from before the connection, so each connection subscribes first and lists the containers
/// then. Docker drops events when many come at once, so the containers are also listed at intervals.
package struct DockerWatcher<Time: Clock>: Sendable where Time.Duration == Duration {
    private let client: DockerClient
    private let runtime: DockerRuntime
    private let clock: Time
    private let registry: ServiceRegistry
    private let logger: Logger
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void

    package init(
        client: DockerClient,
        runtime: DockerRuntime,
        clock: Time,
        registry: ServiceRegistry,
        logger: Logger,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.client = client
        self.runtime = runtime
        self.clock = clock
        self.registry = registry
        self.logger = logger
        self.send = send
    }

    /// How often the containers are listed, whatever the events say.
    private static var listingInterval: Duration { .seconds(30) }

    /// Follows until it is cancelled.
    ///
    /// Connects again after 0.1 s, doubled up to 5 s.
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
        var wasStopped = false
        while !Task.isCancelled {
            if await !client.isEngineRunning() {
                logger.notice("Docker is stopped; containers are assumed to run on until it is started again", [:])
                await client.untilEngineRuns()
                attempt = 0
                wasStopped = true
            }
            do throws(DockerError) {
                var asked = Asked()
                let isBack = wasStopped
                try await client.events(
                    onConnected: {
                        wasStopped = false
                        await connected(afterStop: isBack)
                    },
                    { event in await take(event, &asked) }
                )
                logger.warning("Docker ended its event stream; containers are assumed to run on", [:])
                attempt = 0
            } catch {
                if Task.isCancelled { return }
                if attempt == 0 {
                    logger.warning(
                        "Docker's events can't be followed; containers are assumed to run on",
                        [.error: "\(error)"]
                    )
                }
            }
            let delay = Backoff(from: .milliseconds(100), to: .seconds(5)).delay(attempt)
            attempt += 1
            try? await clock.sleep(for: delay)
        }
    }

    /// What happened before a container's end, and shows why it ends.
    private struct Asked {
        var stops = StopRequests()
        var outOfMemory: Set<String> = []
    }

    private func take(_ event: DockerEvent, _ asked: inout Asked) async {
        if event.action == "disconnect", let container = event.attributes["container"] {
            return await disconnected(container)
        }
        let container = ContainerID(event.id)
        guard let (service, instance) = owner(of: container, event.attributes) else { return }
        func tell(_ change: ContainerChange) { send(service, .host(.container(container, change))) }
        switch event.action {
        case "kill":
            asked.stops.sent(
                event.attributes["signal"].flatMap { StopRequests.number($0) },
                to: container,
                at: event.timeNano
            )
        case "oom": asked.outOfMemory.insert(event.id)
        case "die":
            // An engine that stops ends every container with the same signal as a person does, and must not be asked any more.
            let isWithEngine = await !client.isEngineRunning()
            var report = ExitReport(code: event.exitCode ?? 0, isWithEngine: isWithEngine)
            report.outOfMemory = asked.outOfMemory.remove(event.id) != nil
            if !isWithEngine { report.isByHand = await isByHand(event, instance, asked.stops) }
            asked.stops.forget(container)
            tell(.ended(report))
        case "start":
            guard let instance, instance.isKept || instance.isStarted else { return }
            await look(at: instance, of: service)
        case "destroy":
            asked.stops.forget(container)
            asked.outOfMemory.remove(event.id)
            tell(.vanished)
        case "pause": tell(.suspended(true))
        case "unpause": tell(.suspended(false))
        default: break
        }
    }

    /// The service that may know the container, and its instance.
    ///
    /// A known container is found in the registry. For any other, the labels lead to a service.
    private func owner(of container: ContainerID, _ labels: [String: String]) -> (ServiceID, Instance?)? {
        for rollout in registry.rollouts {
            if let instance = rollout.instances.values.first(where: { $0.container == container }) {
                return (rollout.service, instance)
            }
        }
        return ContainerLabels(labels).map { ($0.service, nil) }
    }

    private func isByHand(_ event: DockerEvent, _ instance: Instance?, _ stops: StopRequests) async -> Bool {
        func isAsked(_ signal: String?) -> Bool {
            stops.isAsked(
                ContainerID(event.id),
                code: event.exitCode ?? 0,
                at: event.timeNano,
                stopSignal: signal.flatMap { StopRequests.number($0) } ?? 15,
                stopTimeout: instance?.definition.stopTimeout ?? .seconds(10)
            )
        }
        if isAsked(instance?.definition.stopSignal) { return true }
        guard instance?.definition.stopSignal == nil, stops.wasSent(to: ContainerID(event.id)) else { return false }
        // The image may also define a stop signal.
        guard let details = try? await client.inspectContainer(event.id) else { return false }
        return isAsked(details.stopSignal)
    }

    /// Looks at a container that was started again: it may have another address.
    private func look(at instance: Instance, of service: ServiceID) async {
        guard let container = instance.container,
            let started = await runtime.running(container, instance.definition)
        else {
            return
        }
        registry.containerStarted(started, container, of: service)
        send(service, .host(.container(container, .restarted(started.endpoint, other: started.otherEndpoint))))
    }

    /// Handles the end of a network connection.
    ///
    /// Docker also reports one for each container that ends. Only a container that runs on without its address matters.
    private func disconnected(_ container: String) async {
        for rollout in registry.rollouts {
            for instance in rollout.instances.values
            where instance.container?.rawValue == container && instance.isStarted {
                guard let details = try? await client.inspectContainer(container), details.isRunning else { return }
                if details.endpoints(instance.definition).first != instance.endpoint {
                    send(rollout.service, .host(.container(ContainerID(container), .disconnected)))
                }
            }
        }
    }

    private func connected(afterStop: Bool) async {
        for rollout in registry.rollouts { send(rollout.service, .host(.engineReturned)) }
        await compare(afterStop: afterStop)
        // Instances that are found to have ended with the engine also wait for its return.
        if afterStop { for rollout in registry.rollouts { send(rollout.service, .host(.engineReturned)) } }
    }

    /// Compares what the services know with Docker's list, and reports containers that ended unnoticed.
    private func compare(afterStop: Bool = false) async {
        // Read before Docker's list: a container that is created in between must not seem to be missing from an older list.
        let rollouts = registry.rollouts
        do throws(DockerError) {
            var running: [ContainerID: ContainerSummary] = [:]
            var known: Set<ContainerID> = []
            for summary in try await client.listContainers(label: [ContainerLabels.service]) {
                known.insert(ContainerID(summary.id))
                if summary.state == "running" || summary.state == "paused" {
                    running[ContainerID(summary.id)] = summary
                }
            }
            for rollout in rollouts {
                for instance in rollout.instances.values where instance.isStarted || instance.isKept {
                    guard let container = instance.container else { continue }
                    if let summary = running[container] {
                        if hasMoved(instance, summary) { await look(at: instance, of: rollout.service) }
                    } else if instance.isStarted {
                        let isKnown = known.contains(container) || instance.isAdopted
                        await tell(rollout.service, container, isKnown: isKnown, afterStop: afterStop)
                    }
                }
            }
        } catch {
            logger.warning("Docker's containers can't be listed", [.error: "\(error)"])
        }
    }

    /// Whether a running container was started again unnoticed: it has another address, or was assumed to be stopped.
    private func hasMoved(_ instance: Instance, _ summary: ContainerSummary) -> Bool {
        if instance.isKept { return true }
        guard let found = ContainerDetails(summary).endpoints(instance.definition).first else { return false }
        return found != instance.endpoint
    }

    private func tell(_ service: ServiceID, _ container: ContainerID, isKnown: Bool, afterStop: Bool) async {
        guard isKnown else { return send(service, .host(.container(container, .vanished))) }
        do throws(DockerError) {
            let details = try await client.inspectContainer(container.rawValue)
            guard !details.isRunning else { return }
            let report = ExitReport(
                code: details.exitCode,
                outOfMemory: details.outOfMemory,
                isWithEngine: afterStop
            )
            send(service, .host(.container(container, .ended(report))))
        } catch {
            if error.isNotFound { send(service, .host(.container(container, .vanished))) }
        }
    }
}

extension Instance {
    /// True when its process should be there.
    fileprivate var isStarted: Bool {
        switch phase {
        case .probing, .attaching, .serving, .ejected, .draining: true
        case .queued, .creating, .starting, .stopping, .detaching, .removing: false
        }
    }
}
