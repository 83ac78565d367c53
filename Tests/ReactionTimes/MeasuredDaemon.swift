import Addresses
import DefinitionDirectory
import Docker
import FoundationEssentials
import Glibc
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import SystemPackage
import TestSupport

/// A daemon without sockets and units, over an engine and a table that answer at once.
struct MeasuredDaemon {
    private struct Healthy: Prober {
        func probe(_ target: ProbeTarget) async -> ProbeOutcome { .success }
    }

    let engine = StandInEngine()
    let table = StandInTable()
    private let folder: String
    private let board = StatusBoard()
    private let events = AsyncStream.makeStream(of: ManagerEvent.self)

    /// Runs one in a folder of its own for the time of `body`.
    static func run(_ body: @Sendable (MeasuredDaemon) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "reaction-times-\(UInt64.random(in: 0 ... .max))"
        ).path
        for name in ["services", "state"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let daemon = MeasuredDaemon(folder: folder)
        try await StandInHTTPServer.run { request in
            request.target == "/version"
                ? .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#) : daemon.engine.answer(request)
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let result: Result<Void, any Error>
            do {
                try await daemon.supervise(client, body)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            try result.get()
        }
    }

    /// Replaces the definition as careful programs do; returns the moment before it was in its place.
    func define(_ number: Int) throws -> ContinuousClock.Instant {
        let text = """
            {"image": "web:1", "port": 80, "address": "172.18.0.1:7001", "environment": {"NUMBER": "\(number)"},
             "min_healthy": "20ms", "drain_timeout": "1s"}
            """
        let file = folder + "/services/web.json"
        try Data(text.utf8).write(to: URL(filePath: file + ".new"))
        let changed = ContinuousClock.now
        guard rename(file + ".new", file) == 0 else { throw NeverHappened(description: "rename") }
        return changed
    }

    /// Waits until the revision of this number, as the directory counts them, serves alone.
    func settled(_ number: Int) async throws {
        do {
            try await eventually("revision \(number) serves alone") {
                guard let status = board.statuses.first else { return false }
                return status.state == .running && status.current?.hasPrefix("\(number)-") == true
                    && status.backends.count == 1 && table.count == 1
            }
        } catch {
            throw NeverHappened(description: "\(error); found \(board.statuses), \(table.count) destinations")
        }
    }

    /// Says of every container how it ended, as Docker's events do.
    func reportEnds() {
        for rollout in board.registry.rollouts {
            for id in rollout.instances.keys {
                events.continuation.yield(.service(rollout.service, .instance(id, .exited(ExitReport(code: 137)))))
            }
        }
    }

    private func supervise(
        _ client: DockerClient,
        _ body: @Sendable (MeasuredDaemon) async throws -> Void
    ) async throws {
        let logger = Logger(label: "reaction-times") { _ in SwiftLogNoOpLogHandler() }
        let manager = ServiceManager(
            .init(
                runtime: DockerRuntime(
                    client: client,
                    logins: RegistryLogins(path: folder + "/config.json"),
                    logger: logger
                ),
                balancer: table,
                prober: Healthy(),
                clock: ContinuousClock(),
                store: StateStore(
                    directory: FilePath(folder + "/state/services"),
                    logger: logger,
                    decode: { ServiceDefinition.decode($0).definition }
                ),
                units: NoUnits(),
                board: board,
                turns: StartTurns(limit: 2, board: board),
                logger: logger
            ),
            hostName: "here",
            runsWithoutUnits: true,
            events: events
        )
        let inbox = manager.inbox
        let directory = DefinitionDirectory(
            path: folder + "/services",
            stateDirectory: folder + "/state",
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
        let watcher = ProcessWatcher(client: client, registry: board.registry) { inbox.send(.service($0, $1)) }
        try await withThrowingTaskGroup { group in
            group.addTask { await manager.run(adopting: [:]) {} }
            group.addTask { await watcher.run() }
            group.addTask {
                await directory.run { event in
                    for event in DefinitionSources.events(event) { inbox.send(.source(event, .directory("services"))) }
                }
            }
            try await body(self)
            group.cancelAll()
        }
    }
}
