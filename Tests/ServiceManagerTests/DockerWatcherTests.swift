import Docker
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import Systemd
import TestSupport
import Testing

/// What is learned from Docker of containers that end.
@Suite(.timeLimit(.minutes(5))) struct DockerWatcherTests {
    /// Runs a watcher of an engine that tells of some events, and of no more; its one container is as `list` and `details` say.
    private func withSilentEngine(
        events: [String] = [],
        list: @escaping @Sendable () -> String,
        details: String,
        gate: any EngineGate = OpenGate(),
        log: RecordedLog = RecordedLog(),
        onSend: @escaping @Sendable (RolloutEvent) -> Void = { _ in },
        _ body: @escaping @Sendable (ManagerInbox, StatusBoard, ManualClock) async throws -> Void
    ) async throws {
        try await StandInHTTPServer.run { request in
            switch request.target.split(separator: "?")[0] {
            case "/version": .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
            case "/v1.43/events": .stall(events.map { Array("\($0)\n".utf8) })
            case "/v1.43/containers/json": .whole(200, list())
            case "/v1.43/containers/1/json": .whole(200, details)
            default: .whole(404, #"{"message":"no such thing"}"#)
            }
        } _: { server in
            let client = DockerClient(
                socketPath: server.socketPath,
                group: MultiThreadedEventLoopGroup.singleton,
                gate: gate
            )
            let clock = ManualClock()
            let result: Result<Void, any Error>
            do {
                try await withManager(FakeHost()) { inbox, board in
                    let logger = log.logger
                    let watcher = DockerWatcher(
                        client: client,
                        runtime: DockerRuntime(
                            client: client,
                            logins: RegistryLogins(path: "/nonexistent"),
                            logger: logger
                        ),
                        clock: clock,
                        registry: board.registry,
                        logger: logger
                    ) { service, event in
                        onSend(event)
                        inbox.send(.service(service, event))
                    }
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
                result = .success(())
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            try result.get()
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
            let rollout = try #require(board.registry.rollouts.first)
            inbox.send(.service(rollout.service, .host(.container(ContainerID("1"), .ended(nil)))))
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

    /// An event of a container, so many seconds after the first.
    private static func event(
        _ action: String,
        of container: String = "1",
        at seconds: Int64 = 0,
        _ attributes: [String: String] = [:]
    ) -> String {
        let text = attributes.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
        return #"{"Type":"container","Action":"\#(action)","Actor":{"ID":"\#(container)","Attributes":{\#(text)}},"#
            + #""timeNano":\#(1_700_000_000_000_000_000 + seconds * 1_000_000_000)}"#
    }

    private static let running = #"[{"Id":"1","State":"running"}]"#

    @Test func `the end of a container with copied labels isn't the original's`() async throws {
        let labels = ContainerLabels.make(
            InstanceID(revision: try Revision("1-abcdef"), slot: 1, attempt: 1),
            of: try ServiceID("web"),
            document: []
        )
        let events = [
            Self.event("die", of: "stranger", at: 1, labels.merging(["exitCode": "0"]) { first, _ in first }),
            Self.event("destroy", of: "stranger", at: 2, labels),
            Self.event("pause", of: "1", at: 3),
        ]
        try await withSilentEngine(events: events, list: { Self.running }, details: exited) { _, board, _ in
            // The last event is the original's own.
            await board.wait { $0.backends.first?.health?.hasPrefix("paused") == true }
            #expect(board.statuses.first?.restarts == nil)
            #expect(board.statuses.first?.backends.map(\.container) == ["1"])
            #expect(board.statuses.first?.backends.map(\.phase) == ["serving"])
        }
    }

    @Test(arguments: [
        (signal: "1", seconds: Int64(3_600), exit: "1", cause: ServiceStatus.RestartStatus.Cause.exit),
        (signal: "1", seconds: 2, exit: "1", cause: .exit), (signal: "15", seconds: 2, exit: "0", cause: .byHand),
        (signal: "9", seconds: 0, exit: "137", cause: .byHand), (signal: "15", seconds: 3_600, exit: "1", cause: .exit),
        // Its image's stop signal.
        (signal: "28", seconds: 2, exit: "0", cause: .byHand),
    ])
    func `only a signal that ends it, and an end within seconds, is a stop by hand`(
        signal: String,
        seconds: Int64,
        exit: String,
        cause: ServiceStatus.RestartStatus.Cause
    ) async throws {
        let events = [
            Self.event("kill", ["signal": signal]), Self.event("die", at: seconds, ["exitCode": exit]),
        ]
        let details = #"{"Id":"1","Config":{"StopSignal":"SIGWINCH"},"State":{"Status":"exited","Running":false}}"#
        try await withSilentEngine(events: events, list: { Self.running }, details: details) { _, board, _ in
            await board.wait { $0.restarts?.first != nil }
            #expect(board.statuses.first?.restarts?.first?.cause == cause)
        }
    }

    @Test func `one that ends while Docker is being stopped ends with it, and isn't asked about`() async throws {
        let docker = FakeDockerUnit()
        let events = [
            Self.event("kill", ["signal": "28"]), Self.event("die", at: 1, ["exitCode": "0"]),
        ]
        try await withSilentEngine(
            events: events,
            list: {
                // Right after this the events are read.
                docker.become(quietly: "active", job: .restart)
                return Self.running
            },
            details: exited,
            gate: docker.gate
        ) { _, board, _ in
            await board.wait { $0.restarts?.first != nil }
            #expect(board.statuses.first?.restarts?.first?.cause == .withDocker)
        }
    }

    @Test func `a container that somebody restarts is looked at again, and serves at its new address`() async throws {
        let events = [
            Self.event("kill", ["signal": "15"]), Self.event("die", at: 1, ["exitCode": "0"]),
            Self.event("start", at: 1),
        ]
        let details = #"""
            {"Id":"1","State":{"Status":"running","Running":true,"Pid":7},
            "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.77"}}}}
            """#
        try await withSilentEngine(events: events, list: { Self.running }, details: details) { _, board, _ in
            await board.wait { $0.state == .running && $0.backends.first?.address == "172.17.0.77:80" }
            #expect(board.statuses.first?.backends.map(\.container) == ["1"])
            #expect(board.statuses.first?.restarts == nil)
        }
    }

    @Test func `one that was restarted while nobody listened is seen by its other address`() async throws {
        @Sendable func running(_ address: String) -> String {
            #"""
            [{"Id":"1","State":"running","NetworkSettings":{"Networks":{"bridge":{"IPAddress":"\#(address)"}}}}]
            """#
        }
        let list = Mutex(running("172.17.0.1"))
        let details = #"""
            {"Id":"1","State":{"Status":"running","Running":true,"Pid":7},
            "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.77"}}}}
            """#
        try await withSilentEngine(list: { list.withLock { $0 } }, details: details) { _, board, clock in
            list.withLock { $0 = running("172.17.0.77") }
            clock.advance(by: .seconds(30))
            await board.wait { $0.state == .running && $0.backends.first?.address == "172.17.0.77:80" }
            #expect(board.statuses.first?.backends.map(\.container) == ["1"])
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

    @Test func `out of memory is told`() async throws {
        let events = [Self.event("oom"), Self.event("die", at: 1, ["exitCode": "137"])]
        try await withSilentEngine(events: events, list: { Self.running }, details: exited) { _, board, _ in
            await board.wait { $0.restarts?.first != nil }
            #expect(board.statuses.first?.restarts?.first?.cause == .outOfMemory)
            #expect(board.statuses.first?.restarts?.first?.exitCode == 137)
        }
    }

    @Test func `one that is disconnected from its network is replaced`() async throws {
        let events = [Self.event("disconnect", of: "net", ["container": "1"])]
        let details = #"{"Id":"1","State":{"Status":"running","Running":true,"Pid":7}}"#
        try await withSilentEngine(events: events, list: { Self.running }, details: details) { _, board, _ in
            try await eventually("another container serves") {
                board.statuses.first?.backends.map(\.container) == ["2"] && board.statuses.first?.state == .running
            }
        }
    }

    @Test func `one that keeps its address when it is disconnected from another network serves on`() async throws {
        let events = [Self.event("disconnect", of: "net", ["container": "1"]), Self.event("pause", at: 1)]
        let details = #"""
            {"Id":"1","State":{"Status":"running","Running":true,"Pid":7},
            "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.1"}}}}
            """#
        try await withSilentEngine(events: events, list: { Self.running }, details: details) { _, board, _ in
            await board.wait { $0.backends.first?.health?.hasPrefix("paused") == true }
            #expect(board.statuses.first?.backends.map(\.container) == ["1"])
            #expect(board.statuses.first?.backends.map(\.phase) == ["serving"])
        }
    }

    @Test func `what ended while Docker was stopped ended with it, and another is started at once`() async throws {
        let docker = FakeDockerUnit(isRunning: false)
        // It is started once the watcher waits for that.
        let log = RecordedLog { if $0.contains("Docker is stopped") { docker.become("active") } }
        let ends = Mutex<[ExitReport]>([])
        try await withThrowingTaskGroup { group in
            group.addTask { await docker.gate.follow(docker.states) }
            try await withSilentEngine(
                list: { #"[{"Id":"1","State":"exited"}]"# },
                details: exited,
                gate: docker.gate,
                log: log,
                onSend: { event in
                    if case .host(.container(_, .ended(let report))) = event {
                        ends.withLock { $0 += report.map { [$0] } ?? [] }
                    }
                }
            ) { _, board, _ in
                try await eventually("another container serves") {
                    board.statuses.first?.backends.map(\.container) == ["2"] && board.statuses.first?.state == .running
                }
            }
            group.cancelAll()
        }
        #expect(ends.withLock { $0 } == [ExitReport(code: 3, isWithEngine: true)])
    }
}
