import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
import TestSupport
import Testing

/// Many services at once on a slow host, with the real manager and supervisors, on a manual clock.
@Suite(.serialized) struct HerdTests {
    @Test
    func `thirty services at once on a slow host: none fails, and the first serves as soon as with one neighbour`()
        throws
    {
        let herd = Herd()
        defer { herd.close() }
        herd.start()
        for number in 1...30 { herd.define("s\(number)", #""image": "web:1""#) }
        let first = herd.pass(.seconds(200)) {
            $0.contains { $0.state == .running || $0.detail?.contains("in service") == true }
        }
        let soon = try #require(first)
        #expect(soon < .seconds(8), "a start takes 3 s alone, and two start at a time")
        let shown = herd.board.statuses.compactMap(\.detail).filter { $0.contains("waits for its turn to start, ") }
        #expect(shown.contains { $0.hasSuffix(", 0 before it") })
        #expect(shown.contains { $0.hasSuffix(", 20 before it") })
        #expect(herd.board.statuses.allSatisfy { $0.state != .failed })
        herd.pass(.seconds(200))
        #expect(herd.board.statuses.filter { $0.state == .running }.count == 30)
        #expect(herd.board.statuses.allSatisfy { $0.failed.isEmpty })
        #expect(herd.board.statuses.allSatisfy { $0.ahead == nil })
        #expect(herd.host.most == 2)
        // All of them get a new revision at once.
        for number in 1...30 { herd.define("s\(number)", #""image": "web:2""#) }
        herd.pass(.seconds(200))
        #expect(herd.board.statuses.filter { $0.state == .running && $0.current == $0.target }.count == 30)
        #expect(herd.board.statuses.allSatisfy { $0.failed.isEmpty })
    }

    @Test func `after a boot what served comes back first, and of that what others wait for`() throws {
        let herd = Herd()
        defer { herd.close() }
        herd.start()
        for number in 1...12 {
            let needs = number < 12 ? #", "wants": "s12@manager""# : ""
            herd.define("s\(number)", #""image": "web:\#(number)"\#(needs)"#)
        }
        herd.pass(.seconds(200))
        #expect(herd.board.statuses.filter { $0.state == .running }.count == 12)
        herd.stop()
        herd.host.forget()
        herd.start()
        herd.define("new", #""image": "new:1""#)
        herd.pass(.seconds(200))
        #expect(herd.board.statuses.filter { $0.state == .running }.count == 13)
        // Two begin at the same moment.
        #expect(herd.host.order.prefix(2).contains("web:12"), "\(herd.host.order)")
        #expect(herd.host.order.last == "new:1")
        #expect(herd.host.most == 2)
    }

    @Test func `starts that hang hold up the others for no longer than their deadline`() throws {
        let herd = Herd()
        defer { herd.close() }
        herd.start()
        herd.define("a1", #""image": "hangs:1""#)
        herd.define("a2", #""image": "hangs:1""#)
        herd.pass(.seconds(1))
        herd.define("b", #""image": "web:1""#)
        herd.pass(.seconds(50))
        #expect(herd.status("b")?.detail?.contains("waits for its turn") == true)
        #expect(herd.status("b")?.ahead == 0)
        herd.pass(.seconds(30))
        #expect(herd.status("b")?.state == .running)
        #expect(herd.status("a1")?.failed.first?.phase == "start")
    }
}

/// A daemon over a slow host.
private final class Herd {
    let clock = ManualClock()
    let host: SlowHost
    private(set) var board = StatusBoard()
    private let executor = StepExecutor(seed: 1)
    private let folder = FileManager.default.temporaryDirectory.appending(path: "herd-\(UInt64.random(in: 0 ... .max))")
    private let store: StateStore
    private var inbox: ManagerInbox?
    private var task: Task<Void, Never>?
    private var revisions = 0

    init() {
        host = SlowHost(clock, work: .seconds(3))
        store = StateStore(
            directory: FilePath(folder.path),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decode: { ServiceDefinition.decode($0).definition }
        )
    }

    func start() {
        board = StatusBoard()
        let manager = ServiceManager(
            .init(
                runtime: host,
                balancer: host.host,
                prober: host.host,
                clock: clock,
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
        task = Task(executorPreference: executor) { await manager.run(adopting: [:]) {} }
        executor.runUntilIdle()
    }

    func stop() {
        task?.cancel()
        executor.runUntilIdle()
    }

    func close() {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func define(_ service: String, _ members: String) {
        revisions += 1
        let port = 7000 + (Int(service.drop { !$0.isNumber }) ?? 0) + (service.first == "s" ? 0 : 100)
        let text = """
            {\(members), "port": 80, "address": "172.18.0.1:\(port)", "min_healthy": "2s", "drain_timeout": "2s",
             "health_check": {"kind": "tcp", "startup_interval": "1s", "interval": "10s"}}
            """
        let document = SourceDocument(id: service, revision: "\(revisions)-abc", body: [UInt8](text.utf8))
        inbox?.send(.source(.present(document), .directory("herd")))
        executor.runUntilIdle()
    }

    func status(_ name: String) -> ServiceStatus? { board.statuses.first { $0.name == name } }

    /// Lets time pass, at most until something is so.
    ///
    /// - Returns: When that was, counted from now; nil when it wasn't.
    @discardableResult
    func pass(_ duration: Duration, until isSo: ([ServiceStatus]) -> Bool = { _ in false }) -> Duration? {
        let begin = clock.now.offset
        let end = begin + duration
        executor.runUntilIdle()
        while let next = clock.deadlines.first, next <= end {
            clock.advance(by: max(.zero, next - clock.now.offset))
            executor.runUntilIdle()
            if isSo(board.statuses) { return clock.now.offset - begin }
        }
        clock.advance(by: end - clock.now.offset)
        executor.runUntilIdle()
        return nil
    }
}
