import Docker
package import Logging
package import ServiceModel

/// Looks now and then for containers of ours that no service knows, and tells their service of them.
///
/// What somebody else made with copied labels is only named in its service's status. There is one of ours when a daemon died, or Docker took too long, between the order to create it and the answer. One that is
/// seen twice, `RolloutPolicy.orphanGrace` apart, isn't just on its way.
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
                // Those that came into their service's sight while they were looked at are none.
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
                // An engine that is away says nothing of its containers.
                logger.debug("unknown containers can't be looked for: \(error)")
            }
        }
    }

    private var known: KnownContainers { KnownContainers(board.registry.rollouts) }
}
