import Docker
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// What is learned from Docker of containers that end.
@Suite(.timeLimit(.minutes(5))) struct DockerWatcherTests {
    /// Runs a watcher of an engine whose events never come; its one container is as `list` and `details` say.
    private func withSilentEngine(
        list: @escaping @Sendable () -> String,
        details: String,
        _ body: @escaping @Sendable (ManagerInbox, StatusBoard, ManualClock) async throws -> Void
    ) async throws {
        try await StandInHTTPServer.run { request in
            switch request.target.split(separator: "?")[0] {
            case "/version": .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
            case "/v1.43/events": .stall([])
            case "/v1.43/containers/json": .whole(200, list())
            case "/v1.43/containers/1/json": .whole(200, details)
            default: .whole(404, #"{"message":"no such thing"}"#)
            }
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let clock = ManualClock()
            try await withManager(FakeHost()) { inbox, board in
                let watcher = DockerWatcher(
                    client: client,
                    clock: clock,
                    board: board,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                ) { inbox.send(.service($0, $1)) }
                inbox.send(.source(webDocument(1), .directory("test")))
                await board.wait { $0.state == .running }
                try await withThrowingTaskGroup { group in
                    group.addTask { await watcher.run() }
                    try await eventually("the watcher listens, and waits for its next look") {
                        clock.deadlines == [.seconds(30)]
                            && server.requests.contains { $0.target.hasPrefix("/v1.43/containers/json") }
                    }
                    try await body(inbox, board, clock)
                    group.cancelAll()
                }
            }
            try await client.shutdown()
        }
    }

    private let exited = #"{"Id":"1","State":{"Status":"exited","Running":false,"ExitCode":3}}"#

    @Test func `a container whose end no event told of is seen to have ended 30 seconds later`() async throws {
        let state = Mutex("running")
        try await withSilentEngine(
            list: { state.withLock { #"[{"Id":"1","State":"\#($0)"}]"# } },
            details: exited
        ) { inbox, board, clock in
            state.withLock { $0 = "exited" }
            clock.advance(by: .seconds(30))
            await board.wait { $0.restarts?.first?.exitCode == 3 }
            #expect(board.statuses.first?.restarts?.first?.cause == .exit)
        }
    }

    @Test func `one whose process has ended waits no longer than that to be told how`() async throws {
        let state = Mutex("running")
        try await withSilentEngine(
            list: { state.withLock { #"[{"Id":"1","State":"\#($0)"}]"# } },
            details: exited
        ) { inbox, board, clock in
            let rollout = try #require(board.rollouts.first)
            let instance = try #require(rollout.instances.keys.first)
            inbox.send(.service(rollout.service, .processEnded(instance)))
            await board.wait { $0.backends.first?.weight == 0 }
            state.withLock { $0 = "exited" }
            clock.advance(by: .seconds(30))
            await board.wait { $0.restarts?.first?.exitCode == 3 }
        }
    }

    @Test func `one that was removed unseen is replaced`() async throws {
        let list = Mutex(#"[{"Id":"1","State":"running"}]"#)
        try await withSilentEngine(list: { list.withLock { $0 } }, details: exited) { inbox, board, clock in
            list.withLock { $0 = "[]" }
            clock.advance(by: .seconds(30))
            await board.wait { $0.restarts?.first?.cause == .byHand }
        }
    }

    @Test func `one that runs is left alone, as often as it is looked at`() async throws {
        let looks = Mutex(0)
        try await withSilentEngine(
            list: {
                looks.withLock { $0 += 1 }
                return #"[{"Id":"1","State":"running"}]"#
            },
            details: exited
        ) { inbox, board, clock in
            for round in 1...3 {
                clock.advance(by: .seconds(30))
                try await eventually("it is looked once more") { clock.deadlines == [.seconds(30 * (round + 1))] }
            }
            #expect(looks.withLock { $0 } == 4)
            #expect(board.statuses.first?.state == .running)
            #expect(board.statuses.first?.restarts == nil)
        }
    }
}
