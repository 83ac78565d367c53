import Addresses
import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The whole daemon's logic on a manual clock: the real manager, supervisors, runner and state files over a world in memory,
/// with random documents, faults, crashes and kills of the daemon.
///
/// A failing test names its seed: `WORLD_SEED=7 swift test --filter DaemonWorldTests` plays that world again; the order of
/// dictionaries differs from run to run, unless `SWIFT_DETERMINISTIC_HASHING=1` is set. `WORLD_COUNT=500` plays that many.
@Suite(.serialized) struct DaemonWorldTests {
    static var seeds: ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WORLD_SEED"].flatMap({ UInt64($0) }) { return seed...seed }
        return 1...(environment["WORLD_COUNT"].flatMap { UInt64($0) } ?? 20)
    }

    @Test(arguments: DaemonWorldTests.seeds)
    func `whatever happens, no promise is broken, and the last definitions are what runs in the end`(
        seed: UInt64
    ) async throws {
        var world = try DaemonWorld(seed: seed)
        defer { world.close() }
        for _ in 0..<120 {
            world.step()
            for service in world.services {
                let (shown, kept) = (world.status(of: service)?.current, world.currentEntries(of: service))
                // Before a rollout has ended, the history has none.
                #expect(kept.isEmpty || kept == [shown].compactMap(\.self), "seed \(seed): \(service) \(shown ?? "-")")
            }
            #expect(world.brokenPromises.isEmpty, "seed \(seed): \(world.brokenPromises)")
            // Others that run meanwhile wait for answers in real time.
            await Task.yield()
        }
        world.finish()
        let history = world.host.history.suffix(60).joined(separator: "\n")
        #expect(world.host.violations.isEmpty, "seed \(seed): \(world.host.violations)\n\(history)")
        for service in world.services {
            let status = world.status(of: service)
            #expect(status?.state == .running, "seed \(seed): \(service) \(status.debugDescription)\n\(history)")
            #expect(status?.current == world.wanted(service), "seed \(seed): \(service)\n\(history)")
            let containers = world.host.containers.values.filter { $0.service.rawValue == service }
            #expect(containers.count == world.replicas(service), "seed \(seed): \(service)\n\(history)")
        }
        let destinations = world.host.table.filter { $0.key != world.host.foreign }
        #expect(destinations.count == world.services.count, "seed \(seed): \(destinations)\n\(history)")
        #expect(destinations.values.allSatisfy { $0.values.allSatisfy { $0 == 1 } }, "seed \(seed): \(destinations)")
        #expect(world.host.table[world.host.foreign]?.count == 1)
    }
}

/// Two services, the daemon that runs them, and what happens to both.
struct DaemonWorld {
    let host: SimulatedWorld
    let services = ["api", "web"]
    private let executor: StepExecutor
    private let folder: URL
    private let store: StateStore
    private var board = StatusBoard()
    private var inbox: ManagerInbox?
    private var task: Task<Void, Never>?
    private var daemons = 0
    private var revisions = 0
    private var documents: [String: SourceDocument] = [:]
    private var counts: [String: Int] = [:]

    init(seed: UInt64) throws {
        host = try SimulatedWorld(seed: seed)
        executor = StepExecutor(seed: seed)
        folder = FileManager.default.temporaryDirectory.appending(
            path: "daemon-world-\(seed)-\(UInt64.random(in: 0 ... .max))"
        )
        store = StateStore(
            directory: FilePath(folder.path),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decode: { ServiceDefinition.decode($0).definition }
        )
        for service in services { define(service, image: "web:1") }
        startDaemon()
    }

    func close() {
        task?.cancel()
        executor.runUntilIdle()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What the daemon itself has noticed since it started last.
    var brokenPromises: [String: Int] { board.brokenPromises }

    func status(of service: String) -> ServiceStatus? { board.statuses.first { $0.name == service } }
    /// The revisions that the history has as current.
    func currentEntries(of service: String) -> [String] {
        guard let id = try? ServiceID(service) else { return [] }
        return store.history(of: id).entries.filter { $0.result == .current }.map(\.revision)
    }

    func wanted(_ service: String) -> String? { documents[service]?.revision }
    func replicas(_ service: String) -> Int { counts[service] ?? 1 }

    // MARK: What happens

    /// Something happens, and some time passes.
    mutating func step() {
        let service = services[host.random(0..<services.count)]
        switch host.random(0..<26) {
        case 0, 1: define(service, image: "web:\(revisions)")
        case 2: define(service, image: ["crash:1", "mute:1", "nowhere:1"][host.random(0..<3)])
        case 3: define(service, image: "web:9", address: "172.18.0.1:9999")
        case 4, 5:
            killDaemon()
            startDaemon()
        case 6, 7:
            if let (service, instance) = host.crashOne() {
                inbox?.send(.service(service, .instance(instance, .exited(ExitReport(code: 1)))))
            }
        case 8: host.sickenOne()
        case 9: operate(service)
        case 10: inbox?.send(.source(.unavailable("simulated"), origin))
        case 11:
            // A document that was deleted and put back.
            inbox?.send(.source(.deleted(id: service), origin))
            if host.random(0..<2) == 0 { pass(.seconds(host.random(1..<20))) }
            if let document = documents[service] { inbox?.send(.source(.present(document), origin)) }
        case 12:
            if let (service, container) = host.stopOne() {
                let report = ExitReport(code: 0, isByHand: true)
                inbox?.send(.service(service, .host(.container(container, .ended(report)))))
                pass(.milliseconds(host.random(0..<4_000)))
                if let endpoint = host.startAgain(container) {
                    inbox?.send(.service(service, .host(.container(container, .restarted(endpoint)))))
                }
            }
        case 13:
            // The end of a container that somebody made of a committed image: its labels are copies.
            if let id = try? ServiceID(service) {
                inbox?.send(.service(id, .host(.container(ContainerID("stranger"), .ended(ExitReport(code: 0))))))
            }
        default: break
        }
        pass(.milliseconds(host.random(0..<1_500)))
    }

    private mutating func operate(_ service: String) {
        guard let id = try? ServiceID(service), let rollout = board.registry.rollouts.first(where: { $0.service == id })
        else {
            return
        }
        let note = OperatorNote(by: "anna")
        let store = store
        let plans = [
            try? OperatorPlan.pause(rollout, note), try? .resume(rollout),
            try? .rollback(rollout, to: nil, note) { store.definition(of: id, $0) },
            try? .restart(rollout, note), try? .retry(rollout), try? .drain(rollout, "1", isForced: false),
        ]
        let plan = plans[host.random(0..<plans.count)]
        for event in plan?.events ?? [] { inbox?.send(.service(id, event)) }
    }

    /// The faults end; the last definitions are good ones, and nothing is held by hand any more.
    mutating func finish() {
        host.endFaults()
        for service in services {
            define(service, image: "web:last")
            guard let id = try? ServiceID(service) else { continue }
            executor.runUntilIdle()
            inbox?.send(.service(id, .operator(.resumeRequested)))
            for instance in board.registry.rollouts.first(where: { $0.service == id })?.instances.keys.sorted() ?? [] {
                inbox?.send(.service(id, .operator(.undrainRequested(instance))))
            }
        }
        // As Docker's watcher does when it connects anew: what ended unseen is told of.
        executor.runUntilIdle()
        compare()
        pass(.seconds(240))
        let owners = (try? services.map { ($0, try ServiceAddress(address(of: $0)), try ServiceID($0)) }) ?? []
        host.checkTable(Dictionary(uniqueKeysWithValues: owners.map { ($0.1, $0.2) }))
    }

    private func compare() {
        for rollout in board.registry.rollouts {
            for instance in rollout.instances.values.sorted(by: { $0.id < $1.id }) {
                guard let container = instance.container, instance.endpoint != nil, instance.isAlive else { continue }
                guard let found = host.containers[container] else {
                    inbox?.send(.service(rollout.service, .host(.container(container, .vanished))))
                    continue
                }
                if !found.isRunning {
                    inbox?.send(.service(rollout.service, .host(.container(container, .ended(ExitReport(code: 1))))))
                }
            }
        }
    }

    /// Lets time pass, from one thing that waits for it to the next.
    func pass(_ duration: Duration) {
        let end = host.clock.now.offset + duration
        executor.runUntilIdle()
        while let next = host.clock.deadlines.first, next <= end {
            host.clock.advance(by: max(.zero, next - host.clock.now.offset))
            executor.runUntilIdle()
        }
        host.clock.advance(by: end - host.clock.now.offset)
        executor.runUntilIdle()
    }

    // MARK: Definitions

    private var origin: DefinitionOrigin { .directory("world") }

    private func address(of service: String) -> String { service == "api" ? "172.18.0.1:7001" : "172.18.0.1:7002" }

    private mutating func define(_ service: String, image: String, address: String? = nil) {
        revisions += 1
        let replicas = host.random(1..<4)
        counts[service] = replicas
        let text = """
            {"image": "\(image)", "port": 80, "address": "\(address ?? self.address(of: service))", "replicas": \(replicas),
             "min_healthy": "2s", "drain_timeout": "20s", "healthy_deadline": "5s", "stop_timeout": "2s", "parallelism": 2,
             "health_check": {"kind": "tcp", "startup_interval": "250ms", "interval": "2s"}}
            """
        let document = SourceDocument(id: service, revision: "\(revisions)-abc", body: [UInt8](text.utf8))
        documents[service] = document
        host.note("define \(service) \(document.revision) \(image) × \(replicas)")
        inbox?.send(.source(.present(document), origin))
    }

    // MARK: The daemon

    private mutating func startDaemon() {
        daemons += 1
        let number = daemons
        host.content.withLock { $0.daemon = number }
        host.note("daemon \(number) starts")
        board = StatusBoard()
        let access = DaemonHost(world: host, daemon: number)
        let manager = ServiceManager(
            .init(
                runtime: access,
                balancer: access,
                prober: access,
                clock: host.clock,
                store: store,
                units: NoUnits(),
                board: board,
                turns: StartTurns(limit: 2, board: board),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ),
            hostName: "here",
            runsWithoutUnits: true
        )
        inbox = manager.inbox
        let observations = host.observations(store)
        task = Task(executorPreference: executor) { await manager.run(adopting: observations) {} }
        executor.runUntilIdle()
        // A source tells all that it has when it is followed anew.
        for service in services {
            if let document = documents[service] { inbox?.send(.source(.present(document), origin)) }
        }
        executor.runUntilIdle()
    }

    /// kill -9: what is under way may still be carried out, and its answer is lost.
    private mutating func killDaemon() {
        host.content.withLock { $0.daemon = daemons + 1 }
        host.note("daemon \(daemons) is killed")
        task?.cancel()
        executor.runUntilIdle()
        task = nil
    }
}
