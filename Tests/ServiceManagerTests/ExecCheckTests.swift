import Docker
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Checks that are commands, in an engine in which they may hang.
@Suite(.timeLimit(.minutes(1))) struct ExecCheckTests {
    /// An engine in which each command hangs while `hangs` is set, and that says which still run.
    private final class Engine: Sendable {
        struct State {
            var hangs = true
            var started = 0
            var running: Set<String> = []
            /// Commands whose start was asked for and that wait, while `isSlow` is set.
            var waiting: Set<String> = []
            var isSlow = false
        }

        let state = Mutex(State())

        func answer(_ request: StandInHTTPServer.Request) -> StandInHTTPServer.Answer {
            let path = request.target.split(separator: "/").map(String.init)
            return state.withLock { state in
                switch path.last {
                case "version": return .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
                case "exec":
                    state.started += 1
                    return .whole(201, #"{"Id":"e\#(state.started)"}"#)
                case "start":
                    if state.isSlow {
                        state.waiting.insert(path[2])
                        return .hang
                    }
                    guard state.hangs else { return .untilClose([]) }
                    state.running.insert(path[2])
                    return .hang
                case "json" where state.waiting.contains(path[2]):
                    return .whole(200, #"{"Running":false,"ExitCode":null,"Pid":0}"#)
                case "json":
                    let runs = state.running.contains(path[2])
                    let number = 1000 + (Int(path[2].dropFirst()) ?? 0)
                    return .whole(200, #"{"Running":\#(runs),"ExitCode":\#(runs ? "null" : "0"),"Pid":\#(number)}"#)
                default: return .whole(404, #"{"message":"page not found"}"#)
                }
            }
        }

        /// Ends a command, as the kernel does.
        func end(_ process: Int32) {
            state.withLock { $0.running = $0.running.filter { 1000 + (Int32($0.dropFirst()) ?? 0) != process } }
        }
    }

    private func withChecks(
        _ engine: Engine,
        endSession: @escaping @Sendable (Int32) -> ContainerProcesses.Outcome,
        _ body: (ExecChecks) async throws -> Void
    ) async throws {
        try await StandInHTTPServer.run {
            engine.answer($0)
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let checks = ExecChecks(client: client, grace: .milliseconds(20)) { process, _ in endSession(process) }
            do {
                try await body(checks)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }

    private let container = ContainerID("c")
    /// Long enough for a busy machine to have started the check by then.
    private let limit = Duration.seconds(5)

    @Test func `a check that hangs fails, is killed, and leaves nothing behind`() async throws {
        let engine = Engine()
        let killed = Mutex<[Int32]>([])
        try await withChecks(engine) { process in
            killed.withLock { $0.append(process) }
            engine.end(process)
            return .ended
        } _: { checks in
            for _ in 0..<3 {
                let outcome = await checks.run(["check", "it"], in: container, limit: limit)
                #expect(outcome == .failure("check it didn't end within 5s (timeout), and was killed"))
                #expect(engine.state.withLock { $0.running.isEmpty })
            }
            #expect(killed.withLock { $0 } == [1001, 1002, 1003])
            engine.state.withLock { $0.hangs = false }
            #expect(await checks.run(["check", "it"], in: container, limit: .seconds(20)) == .success)
        }
    }

    @Test func `while a check that hangs can't be killed, no other starts`() async throws {
        let engine = Engine()
        try await withChecks(engine) { _ in
            .refused(1)
        } _: { checks in
            for _ in 0..<4 {
                guard case .failure(let evidence) = await checks.run(["check"], in: container, limit: limit) else {
                    Issue.record("a check that hangs is no success")
                    return
                }
                #expect(evidence.contains("still runs in the container, and can't be killed: Operation not permitted"))
            }
            #expect(engine.state.withLock { $0.started } == 1)
            // Another container's checks are none of its business.
            engine.state.withLock { $0.hangs = false }
            #expect(await checks.run(["check"], in: ContainerID("d"), limit: .seconds(20)) == .success)
            engine.end(1001)
            #expect(await checks.run(["check"], in: container, limit: .seconds(20)) == .success)
        }
    }

    @Test func `a check that Docker starts after it was given up is killed before the next one`() async throws {
        let engine = Engine()
        let killed = Mutex<[Int32]>([])
        engine.state.withLock { $0.isSlow = true }
        try await withChecks(engine) { process in
            killed.withLock { $0.append(process) }
            engine.end(process)
            return .ended
        } _: { checks in
            let outcome = await checks.run(["check"], in: container, limit: .seconds(1))
            #expect(outcome == .failure("check didn't end within 1s (timeout), as Docker has not started it yet"))
            engine.state.withLock { state in
                state.isSlow = false
                state.hangs = false
            }
            // It holds up no other while it hasn't started.
            #expect(await checks.run(["check"], in: container, limit: .seconds(20)) == .success)
            engine.state.withLock { state in
                state.running = state.waiting
                state.waiting = []
            }
            #expect(await checks.run(["check"], in: container, limit: .seconds(20)) == .success)
            #expect(killed.withLock { $0 } == [1001])
            #expect(engine.state.withLock { $0.running.isEmpty })
        }
    }

    @Test func `a check that was cancelled is waited for by the next one`() async throws {
        let engine = Engine()
        try await withChecks(engine) { _ in
            .notFound
        } _: { checks in
            await withTaskGroup { group in
                group.addTask { _ = await checks.run(["check"], in: container, limit: .seconds(30)) }
                while engine.state.withLock({ $0.running.isEmpty }) { await Task.yield() }
                group.cancelAll()
            }
            #expect(engine.state.withLock { $0.started } == 1)
            engine.state.withLock { state in
                state.hangs = false
                state.running = []
            }
            #expect(await checks.run(["check"], in: container, limit: .seconds(20)) == .success)
            #expect(engine.state.withLock { $0.started } == 2)
        }
    }
}
