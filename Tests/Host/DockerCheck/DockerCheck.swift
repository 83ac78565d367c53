import Docker
import Glibc
import NIOCore
import NIOPosix

/// Holds the client against a real engine, and ends with 0 if all is as expected.
///
/// For the test host only: it makes, stops and removes containers. `docker-check [SOCKET]`
@main
struct DockerCheck {
    static func main() async throws {
        let socket = CommandLine.arguments.dropFirst().first ?? "/run/docker.sock"
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = DockerClient(socketPath: socket, group: group)
        let check = Check()
        let events = EventLog()
        await withTaskGroup(of: Void.self) { tasks in
            let (connections, connected) = AsyncStream.makeStream(of: Void.self)
            tasks.addTask {
                do {
                    try await client.events(onConnected: { connected.yield() }) { events.append($0) }
                    events.noteEnd("finished")
                } catch {
                    events.noteEnd("\(error)")
                }
                connected.finish()
            }
            for await _ in connections { break }
            await engine(client, check)
            await images(client, check)
            await lifecycle(client, events, check)
            await exits(client, events, check)
            await refusals(client, check)
            await restart(client, events, check)
            tasks.cancelAll()
        }
        try await client.shutdown()
        try await group.shutdownGracefully()
        print("\(check.count) checks, \(check.failures) failures")
        exit(check.failures == 0 ? 0 : 1)
    }

    private static func engine(_ client: DockerClient, _ check: Check) async {
        do {
            try await client.ping()
            let version = try await client.negotiate()
            check.that("the version is one that we know", version.hasPrefix("1."), version)
            let info = try await client.info()
            check.that("the engine tells its version", info.serverVersion != nil, "\(info)")
            check.that("the engine tells its version", info.serverVersion != nil, "\(info)")
            print("      \(info)")
            let bridge = try await client.inspectNetwork("bridge")
            check.that(
                "the bridge network is docker0",
                bridge?.bridgeName == "docker0",
                "\(String(describing: bridge))"
            )
            check.that("the bridge network has an address range", bridge?.subnets.isEmpty == false)
            let networks = try await client.listNetworks()
            check.that("networks are listed", networks.contains { $0.name == "host" }, "\(networks)")
            let missing = try await client.inspectNetwork("absent")
            check.that("a network that isn't there is nil", missing == nil)
        } catch {
            check.failed("the engine tells of itself", error)
        }
    }

    /// The engine goes and comes back.
    ///
    /// Its socket is systemd's, so that calls meanwhile only wait.
    private static func restart(_ client: DockerClient, _ events: EventLog, _ check: Check) async {
        check.that("the events go on until then", events.end == nil, events.end ?? "")
        let status = system("systemctl restart docker")
        check.that("Docker restarts", status == 0)
        let deadline = ContinuousClock.now + .seconds(10)
        while events.end == nil, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        check.that("the events end with the engine", events.end != nil)
        print("      \(events.end ?? "")")
        do {
            let image = try await client.inspectImage("web:1")
            check.that("the next call finds the new engine", image != nil)
        } catch {
            check.failed("the next call finds the new engine", error)
        }
    }

    /// Runs a call that must fail in a certain way.
    static func expect(
        _ check: Check,
        _ what: String,
        _ holds: (DockerError) -> Bool,
        _ call: () async throws(DockerError) -> Void
    ) async {
        do throws(DockerError) {
            try await call()
            check.that(what, false, "no error")
        } catch {
            check.that(what, holds(error), "transient: \(error.isTransient)")
            print("      \(error)")
        }
    }
}
