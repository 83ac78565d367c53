import Docker
package import Logging
package import ServiceModel

/// Looks at intervals for containers of ours that no service knows, and tells their services.
///
/// Such a container is left when a daemon died, or Docker took too long, between the order to create it and the answer. A
/// container that is seen twice, `RolloutPolicy.orphanGrace` apart, isn't just being created. Containers of somebody else with
/// copied labels are only named in the service's status.
package struct StrayCollector<Time: Clock>: Sendable where Time.Duration == Duration {
    private let runtime: DockerRuntime
    private let store: StateStore
    private let board: StatusBoard
    private let clock: Time
    private let logger: Logger
    private let send: @Sendable (ServiceID, RolloutEvent) -> Void

    package init(
        runtime: DockerRuntime,
        store: StateStore,
        board: StatusBoard,
        clock: Time,
        logger: Logger,
        send: @escaping @Sendable (ServiceID, RolloutEvent) -> Void
    ) {
        self.runtime = runtime
        self.store = store
        self.board = board
        self.clock = clock
        self.logger = logger
        self.send = send
    }

    /// Looks until it is cancelled.
    package func run() async {
        var seen: Set<ContainerID> = []
        var told: Set<String> = []
        while (try? await clock.sleep(for: RolloutPolicy.orphanGrace)) != nil {
            do throws(DockerError) {
                let (strays, strangers) = try await runtime.strays(beside: known) { service, instance, document in
                    store.definition(of: service, instance.revision)
                        ?? document.flatMap { ServiceDefinition.decode($0).definition }
                }
                // Containers that their service has learned of meanwhile aren't strays.
                let known = known
                for stray in strays where seen.contains(stray.container.container) {
                    guard !known.contains(stray.container.container) else { continue }
                    send(stray.service, .host(.strayFound(stray.container)))
                }
                seen = Set(strays.map(\.container.container))
                board.setStrangers(strangers)
                for (service, texts) in strangers {
                    for text in texts where told.insert(text).inserted {
                        logger.notice("\(text)", [.service: "\(service)"])
                    }
                }
                told.formIntersection(strangers.values.joined())
            } catch {
                // An engine that doesn't answer says nothing about its containers.
                logger.debug("unknown containers can't be listed: \(error)")
            }
        }
    }

    private var known: KnownContainers { KnownContainers(board.registry.rollouts) }
}
