import Addresses
import Logging
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Containers of ours that no service knows.
@Suite(.timeLimit(.minutes(5))) struct StrayCollectorTests {
    private static let lost = ListedContainer(id: "lost", name: "web.7-abcdef.1.1")

    /// Runs a collector over an engine that has one container of ours.
    ///
    /// - Parameter body: Gets the board, what lets the next look come and waits for its end, and what was told so far.
    /// - Throws: What the body throws.
    private func withCollector(
        _ body: (StatusBoard, () async throws -> Void, () -> [RolloutEvent]) async throws -> Void
    ) async throws {
        try await withListedContainers([Self.lost]) { runtime, log in
            let (board, clock) = (StatusBoard(), ManualClock())
            let sent = Mutex<[RolloutEvent]>([])
            let folder = SteppedDaemon.newFolder
            let collector = StrayCollector(
                runtime: runtime,
                store: SteppedDaemon.store(folder),
                board: board,
                clock: clock,
                logger: log.logger
            ) { service, event in
                #expect(service.rawValue == "web")
                sent.withLock { $0.append(event) }
            }
            let task = Task { await collector.run() }
            defer { task.cancel() }
            var looks = 0
            try await eventually("it waits for its first look") { clock.deadlines == [RolloutPolicy.orphanGrace] }
            try await body(
                board,
                {
                    looks += 1
                    clock.advance(by: RolloutPolicy.orphanGrace)
                    try await eventually("it has looked, and waits for its next look") {
                        clock.deadlines == [RolloutPolicy.orphanGrace * (looks + 1)]
                    }
                },
                { sent.withLock { $0 } }
            )
        }
    }

    @Test func `only what is seen twice is a stray`() async throws {
        try await withCollector { _, look, sent in
            try await look()
            #expect(sent().isEmpty)
            try await look()
            #expect(sent().count == 1)
            guard case .host(.strayFound(let stray))? = sent().first else {
                Issue.record("it was told as \(sent())")
                return
            }
            #expect(stray.container.rawValue == "lost")
            #expect(stray.endpoints.map(\.description) == ["172.17.0.2:80"])
        }
    }

    @Test func `one that its service knows when it is looked for again is none`() async throws {
        try await withCollector { board, look, sent in
            try await look()
            board.update(try Rollout.serving("lost"))
            try await look()
            try await look()
            #expect(sent().isEmpty)
        }
    }
}
