import Addresses
import Docker
import Glibc
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// What the end of a container's process leads to.
@Suite(.timeLimit(.minutes(5))) struct ProcessWatcherTests {
    /// A process that lasts as long as a test wants.
    private final class Sleeper {
        let id: pid_t
        private var hasEnded = false

        init() throws {
            var process: pid_t = 0
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
            defer { for argument in arguments { free(argument) } }
            try #require(posix_spawnp(&process, "sleep", nil, nil, &arguments, environ) == 0)
            id = process
        }

        deinit { end() }

        func end() {
            guard !hasEnded else { return }
            hasEnded = true
            kill(id, SIGKILL)
            waitpid(id, nil, 0)
        }
    }

    private static func details(_ id: String, pid: Int) -> StandInHTTPServer.Answer {
        .whole(200, #"{"Id":"\#(id)","State":{"Status":"running","Running":true,"Pid":\#(pid)}}"#)
    }

    @Test func `the end of a container's process is told, and the end of one that has got its number isn't`()
        async throws
    {
        let (foreign, own) = (try Sleeper(), try Sleeper())
        let (foreignID, ownID) = (Int(foreign.id), Int(own.id))
        try await StandInHTTPServer.run { request in
            switch request.target {
            case "/version": .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
            case "/v1.43/containers/1/json": Self.details("1", pid: 1)
            case "/v1.43/containers/2/json": Self.details("2", pid: ownID)
            default: .whole(404, #"{"message":"no such thing"}"#)
            }
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let board = StatusBoard()
            let (first, second) = (try Rollout.serving("1", of: "api"), try Rollout.serving("2"))
            for (rollout, container, process) in [(first, "1", foreignID), (second, "2", ownID)] {
                board.update(rollout)
                let started = StartedContainer(endpoint: try Endpoint("172.17.0.2:80"), processID: process)
                board.registry.containerStarted(started, ContainerID(container), of: rollout.service)
            }
            let told = Mutex<[String]>([])
            let watcher = ProcessWatcher(client: client, registry: board.registry) { service, event in
                if case .host(.container(let id, .ended(nil))) = event {
                    told.withLock { $0.append("\(service) \(id)") }
                }
            }
            let task = Task { await watcher.run() }
            let result: Result<Void, any Error>
            do {
                try await eventually("Docker is asked of both") {
                    server.requests.filter { $0.target.hasPrefix("/v1.43/containers/") }.count == 2
                }
                foreign.end()
                own.end()
                try await eventually("the end is told") { told.withLock { $0.contains("web 2") } }
                #expect(told.withLock { $0 } == ["web 2"])
                result = .success(())
            } catch {
                result = .failure(error)
            }
            task.cancel()
            try await client.shutdown()
            try result.get()
        }
    }
}
