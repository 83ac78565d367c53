import Docker
import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import Synchronization
import SystemPackage
import Systemd
import TestSupport

/// systemd, played by the test.
final class FakeSystemd: UnitControl {
    struct Content {
        var started: [String] = []
        var reloads = 0
        var forgotten: [String] = []
        var reasons: [String: UnitStopReason] = [:]
        var startsFail = false
        var endings: [String: UnitEnding] = [:]
        var starts: [String: UnitStart] = [:]
        /// Units that were asked to stop; the jobs wait until they are let go, where they are held.
        var stopped: [String] = []
        var holdsStops = false
        var stopsFail = false
        var templates: [String: UnitTemplate] = [:]
        var isOrdered = true
        var hasUnit = true
        /// True while the bus doesn't answer.
        var isMute = false
        /// How often it was asked why a unit stops.
        var questions = 0
    }

    let content = Mutex(Content())

    var started: [String] { content.withLock(\.started) }
    var reloads: Int { content.withLock(\.reloads) }
    var forgotten: [String] { content.withLock(\.forgotten) }
    var stopped: [String] { content.withLock(\.stopped) }

    func set(_ change: (inout Content) -> Void) { content.withLock { change(&$0) } }

    func start(_ unit: String) async throws -> Bool {
        let fails = content.withLock { content in
            content.started.append(unit)
            return content.startsFail
        }
        if fails { throw Failure("the bus is gone") }
        return true
    }

    func reload() async throws { content.withLock { $0.reloads += 1 } }

    func stop(_ unit: String) async throws {
        let (fails, isHeld) = content.withLock { content in
            content.stopped.append(unit)
            return (content.stopsFail, content.holdsStops)
        }
        if fails { throw Failure("the bus is gone") }
        while isHeld, content.withLock(\.holdsStops), !Task.isCancelled { await Task.yield() }
    }

    func start(of unit: String) async -> UnitStart { content.withLock { $0.starts[unit] ?? .complete } }

    func template(of unit: String) async -> UnitTemplate { content.withLock { $0.templates[unit] ?? .ours } }

    func stopReason(of unit: String) async throws -> UnitStopReason {
        let (reason, fails) = content.withLock { content in
            content.questions += 1
            return (content.reasons[unit] ?? .person, content.isMute)
        }
        if fails { throw Failure("the bus is gone") }
        return reason
    }

    func ending(of unit: String) async -> UnitEnding { content.withLock { $0.endings[unit] ?? .failed } }

    func isOrdered(_ unit: String) async -> Bool { content.withLock(\.isOrdered) }

    func hasUnit(_ unit: String) async -> Bool { content.withLock(\.hasUnit) }

    func forgetFailures(of service: String, sparing unit: String?) async {
        content.withLock { $0.forgotten.append("\(service) but \(unit ?? "none")") }
    }
}

/// A docker.service that a test starts and stops.
final class FakeDockerUnit: Sendable {
    let gate: DockerUnit
    let states: AsyncStream<UnitState>
    private let state: AsyncStream<UnitState>.Continuation
    private let now: Now

    private final class Now: Sendable {
        let state: Mutex<UnitState>
        let isGoingDown = Mutex(false)

        init(_ state: UnitState) { self.state = Mutex(state) }
    }

    init(isRunning: Bool = true) {
        let now = Now(Self.state(isRunning ? "active" : "inactive"))
        self.now = now
        gate = DockerUnit(
            now.state.withLock { $0 },
            isGoingDown: { now.isGoingDown.withLock { $0 } },
            read: { now.state.withLock { $0 } }
        )
        (states, state) = AsyncStream.makeStream()
    }

    static func state(_ active: String, job: JobType? = nil, wasActive: Bool = true) -> UnitState {
        var state = UnitState(name: "docker.service", loadState: "loaded", activeState: active)
        state.activeEnterTimestampMonotonic = wasActive ? 1 : 0
        state.job = job
        return state
    }

    /// Changes, and nobody has heard of it yet.
    func become(quietly active: String, job: JobType? = nil) {
        now.state.withLock { $0 = Self.state(active, job: job) }
    }

    func become(_ active: String, job: JobType? = nil) {
        become(quietly: active, job: job)
        state.yield(Self.state(active, job: job))
    }

    /// The whole host goes down: Docker's stop waits for the units that are ordered after it.
    func goDown() {
        now.isGoingDown.withLock { $0 = true }
        become("active", job: .stop)
    }
}

/// A `launch` as the daemon sees it: what it was told, in order.
final class FakeLaunch: Sendable {
    private let lines = Mutex<[String]>([])
    private let number = Mutex(0)
    private let units: SystemdUnits
    let unit: String

    init(_ unit: String, of units: SystemdUnits) {
        self.unit = unit
        self.units = units
    }

    var told: [String] { lines.withLock { $0.filter { !$0.hasPrefix("stop-timeout") && !$0.hasPrefix("status") } } }

    var status: String? { lines.withLock { $0.last { $0.hasPrefix("status") } } }

    /// Connects and says hello.
    func connect(in tasks: inout ThrowingTaskGroup<Void, any Error>) async throws {
        let (orders, order) = AsyncStream.makeStream(of: LaunchOrder.self)
        let id = await units.connected(order)
        number.withLock { $0 = id }
        tasks.addTask { for await order in orders { self.lines.withLock { $0.append(order.line) } } }
        let instance = unit.split(separator: "@")[1].dropLast(".service".count)
        try await say("hello 1 web \(instance) - - 1")
    }

    func say(_ line: String) async throws {
        await units.received(try LaunchMessage(line: line), from: number.withLock { $0 })
    }

    func disconnect() async { await units.disconnected(number.withLock { $0 }) }
}

/// What a service's rollout wants, and what `SystemdUnits` makes of it.
struct UnitsFixture: Sendable {
    let systemd = FakeSystemd()
    let docker: FakeDockerUnit
    let clock = ManualClock()
    let units: SystemdUnits
    let folder: FilePath
    private let log = Events()

    final class Events: Sendable {
        let events = Mutex<[RolloutEvent]>([])
    }

    var events: [RolloutEvent] { log.events.withLock { $0 } }

    /// `folder`: of another's, which this one follows.
    init(
        isDockerRunning: Bool = true,
        hasPredecessor: Bool = false,
        access: DockerAccess = DockerAccess(),
        folder: FilePath? = nil
    ) {
        docker = FakeDockerUnit(isRunning: isDockerRunning)
        let folder =
            folder
            ?? FilePath(FileManager.default.temporaryDirectory.path).appending(
                "units-\(UInt64.random(in: 0 ... .max))"
            )
        self.folder = folder
        let log = log
        units = SystemdUnits(
            control: systemd,
            templates: UnitTemplates(directory: folder, unstarted: folder.appending("unstarted")),
            engine: docker.gate,
            hasPredecessor: hasPredecessor,
            docker: access,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            useDatabase: { _, _ in },
            send: { _, event in log.events.withLock { $0.append(event) } }
        )
    }

    /// Runs the units and the gate while the body does.
    ///
    /// `leavesFolder`: for another that follows.
    func run(
        leavesFolder: Bool = false,
        _ body: @escaping @Sendable (inout ThrowingTaskGroup<Void, any Error>) async throws -> Void
    ) async throws {
        defer { if !leavesFolder { try? FileManager.default.removeItem(atPath: folder.string) } }
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await units.run() }
            tasks.addTask { await docker.gate.follow(docker.states) }
            try await body(&tasks)
            tasks.cancelAll()
        }
    }

    static let manager = "web@manager.service"
    static let current = "web@2-bb.service"
    static let old = "web@1-aa.service"

    /// A service whose revision 2-bb serves.
    static func serving(_ containers: [String] = ["abc"]) throws -> UnitWishes {
        let revision = try Revision("2-bb")
        return UnitWishes(
            service: try ServiceID("web"),
            isDefined: true,
            isManaged: true,
            current: revision,
            manager: .active(isReady: true),
            revisions: [revision: .active(isReady: true)],
            containers: [revision: containers.map { ContainerID($0) }],
            stopTimeout: .seconds(60),
            status: "in service"
        )
    }
}
