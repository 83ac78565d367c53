import Addresses
import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
import TestSupport

/// The real manager and supervisors over a host in memory, on a manual clock: what a test sends is dealt with when it goes on.
final class SteppedDaemon {
    static let database = DefinitionOrigin.couchDB("http://a:5984/services")
    static let directory = DefinitionOrigin.directory("/services")

    let host = FakeHost()
    private(set) var board = StatusBoard()
    let store: StateStore
    let folder: String
    private let clock = ManualClock()
    private let log: RecordedLog
    private let executor = StepExecutor(seed: 1)
    private var inbox: ManagerInbox?
    private var task: Task<Void, Never>?

    /// - Parameters:
    ///   - folder: Where its state is.
    ///   - log: What it logs.
    init(folder: String = SteppedDaemon.newFolder, log: RecordedLog = RecordedLog()) {
        self.folder = folder
        self.log = log
        store = Self.store(folder)
        start()
    }

    static var newFolder: String {
        FileManager.default.temporaryDirectory.appending(path: "daemon-\(UInt64.random(in: 0 ... .max))").path
    }

    /// A store that knows only what is in the files.
    static func store(_ folder: String) -> StateStore {
        StateStore(
            directory: FilePath(folder),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decode: { ServiceDefinition.decode($0).definition }
        )
    }

    private func start() {
        board = StatusBoard()
        let manager = ServiceManager(
            .init(
                runtime: host,
                balancer: host,
                prober: host,
                clock: clock,
                store: store,
                units: NoUnits(),
                board: board,
                turns: StartTurns(limit: 2, board: board),
                logger: log.logger
            ),
            hostName: "here",
            runsWithoutUnits: true,
            sources: [Self.database, Self.directory]
        )
        inbox = manager.inbox
        task = Task(executorPreference: executor) { await manager.run(adopting: [:]) {} }
        executor.runUntilIdle()
    }

    private func stop() {
        task?.cancel()
        executor.runUntilIdle()
    }

    /// The daemon ends, and another one begins on a host without its containers.
    func restart() {
        stop()
        start()
    }

    func close() {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Something happens, and all that follows from it before time passes.
    func send(_ event: ManagerEvent) {
        inbox?.send(event)
        executor.runUntilIdle()
    }

    /// Whether anything of a service is on the disk.
    func hasFiles(of service: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(service)") }

    func status(_ service: String = "web") -> ServiceStatus? { board.statuses.first { $0.name == service } }

    /// A document with the revision `NUMBER-abcdef` and the image `SERVICE:NUMBER`.
    static func document(
        _ number: Int,
        of service: String = "web",
        port: Int = 7001,
        _ members: String = ""
    ) -> SourceDocument {
        let text = """
            {"image": "\(service):\(number)", "port": 80, "address": "172.18.0.1:\(port)", "min_healthy": "1s", "drain_timeout": "1s",
             "health_check": "tcp"\(members)}
            """
        return SourceDocument(id: service, revision: "\(number)-abcdef", body: [UInt8](text.utf8))
    }

    /// The directory has a document.
    func define(_ number: Int, of service: String = "web", port: Int = 7001, _ members: String = "") {
        let document = Self.document(number, of: service, port: port, members)
        send(.source(.present(document), Self.directory))
    }

    /// Both sources have been read.
    func readSources() {
        send(.source(.available, Self.database))
        send(.source(.available, Self.directory))
    }

    /// Lets time pass.
    func pass(_ duration: Duration) {
        let end = clock.now.offset + duration
        executor.runUntilIdle()
        while let next = clock.deadlines.first, next <= end {
            clock.advance(by: max(.zero, next - clock.now.offset))
            executor.runUntilIdle()
        }
        clock.advance(by: end - clock.now.offset)
        executor.runUntilIdle()
    }
}
