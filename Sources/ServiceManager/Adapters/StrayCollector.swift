import Docker
package import Logging
package import ServiceModel

/// Looks now and then for containers with our labels that no service knows, and tells their service of them.
///
/// There is one when a daemon died, or Docker took too long, between the order to create it and the answer. One that is
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
        while (try? await clock.sleep(for: RolloutPolicy.orphanGrace)) != nil {
            do throws(DockerError) {
                let strays = try await runtime.strays(beside: expected) { labels in
                    store.definition(of: labels.service, labels.instance.revision)
                        ?? labels.document.flatMap { ServiceDefinition.decode($0).definition }
                }
                // Those that came into their service's sight while they were looked at are none.
                let expected = expected
                for stray in strays where seen.contains(stray.container.container) {
                    guard !expected.contains(stray.container.container) else { continue }
                    send(stray.service, .strayFound(stray.container))
                }
                seen = Set(strays.map(\.container.container))
            } catch {
                // An engine that is away says nothing of its containers.
                logger.debug("containers that nobody knows can't be looked for: \(error)")
            }
        }
    }

    private var expected: Set<ContainerID> {
        Set(board.rollouts.flatMap { $0.instances.values.compactMap(\.container) })
    }
}
