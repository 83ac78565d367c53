import Glibc
import Synchronization
import TestSupport

/// A Docker engine that answers at once what a rollout asks of it; each of its containers is a process of this machine.
final class StandInEngine: Sendable {
    private struct Process {
        let number: pid_t
        /// What it reads; it ends with that, so it doesn't outlive the tests.
        let input: Int32
    }

    private struct Content {
        var containers: [String: Process?] = [:]
        var creations = 0
    }

    private let content = Mutex(Content())
    private let whenCreated = AsyncStream.makeStream(of: ContinuousClock.Instant.self)

    /// When each request to create a container had arrived.
    var creations: AsyncStream<ContinuousClock.Instant> { whenCreated.stream }

    /// The processes of the containers that run.
    var processes: [pid_t] { content.withLock { $0.containers.values.compactMap { $0?.number } } }

    deinit {
        for id in content.withLock({ Array($0.containers.keys) }) { end(id) }
    }

    func answer(_ request: StandInHTTPServer.Request) -> StandInHTTPServer.Answer {
        let path = request.target.split(separator: "?")[0].split(separator: "/").dropFirst().map(String.init)
        switch (request.method, path.first, path.last) {
        case ("GET", "events", _): return .stall([])
        case ("GET", "images", "json"): return .whole(200, #"{"Id":"sha256:1","RepoTags":["web:1"]}"#)
        case ("POST", "images", "tag"): return .whole(201, "")
        case ("GET", "networks", _): return .whole(200, #"{"Id":"net","Name":"bridge","Driver":"bridge"}"#)
        case ("GET", "containers", "json") where path.count == 2: return .whole(200, "[]")
        case ("GET", "containers", "json"): return inspect(path[1])
        case ("GET", "containers", "logs"): return .whole(200, "")
        case ("POST", "containers", "create"): return create()
        case ("POST", "containers", "start"):
            let process = start()
            content.withLock { $0.containers[path[1]] = process }
            return .whole(204, "")
        case ("POST", "containers", "stop"):
            end(path[1])
            return .whole(204, "")
        case ("DELETE", "containers", _):
            end(path[1])
            content.withLock { $0.containers[path[1]] = nil }
            return .whole(204, "")
        default: return .whole(404, #"{"message":"the stand-in has no \#(request.method) \#(request.target)"}"#)
        }
    }

    private func create() -> StandInHTTPServer.Answer {
        whenCreated.continuation.yield(.now)
        let id = content.withLock { content in
            content.creations += 1
            let id = "\(content.creations)"
            content.containers[id] = .some(nil)
            return id
        }
        return .whole(201, #"{"Id":"\#(id)"}"#)
    }

    private func inspect(_ id: String) -> StandInHTTPServer.Answer {
        guard let container = content.withLock({ $0.containers[id] }) else {
            return .whole(404, #"{"message":"No such container: \#(id)"}"#)
        }
        let state =
            container.map { #"{"Status":"running","Running":true,"Pid":\#($0.number)}"# }
            ?? #"{"Status":"exited","Running":false,"Pid":0,"ExitCode":137}"#
        return .whole(
            200,
            #"""
            {"Id":"\#(id)","Name":"/web","Image":"sha256:1","State":\#(state),"HostConfig":{"NetworkMode":"bridge"},
            "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.\#(id)","NetworkID":"net"}}}}
            """#
        )
    }

    /// A process that reads its standard input, and ends when that does.
    private func start() -> Process? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var number: pid_t = 0
        let name = strdup("cat")
        defer {
            free(name)
            close(ends[0])
        }
        guard posix_spawnp(&number, "cat", &actions, nil, [name, nil], environ) == 0 else { return nil }
        return Process(number: number, input: ends[1])
    }

    private func end(_ id: String) {
        let process = content.withLock { content in
            defer { if content.containers[id] != nil { content.containers[id] = .some(nil) } }
            return content.containers[id] ?? nil
        }
        guard let process else { return }
        kill(process.number, SIGKILL)
        waitpid(process.number, nil, 0)
        close(process.input)
    }
}
