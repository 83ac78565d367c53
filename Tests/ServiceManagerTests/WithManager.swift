import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage

/// Runs a manager over `host` while `body` runs; what it has started is cancelled then.
func withManager(
    _ host: FakeHost,
    units: any UnitKeeping = NoUnits(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: @escaping @Sendable (ManagerInbox, StatusBoard) async throws -> Void
) async throws {
    try await withManager(host, units: units, logger: logger) { inbox, board, _ in try await body(inbox, board) }
}

/// The same, with its state directory.
func withManager(
    _ host: FakeHost,
    units: any UnitKeeping = NoUnits(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: @escaping @Sendable (ManagerInbox, StatusBoard, StateStore) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "service-manager-\(UInt64.random(in: 0 ... .max))"
    )
    defer { try? FileManager.default.removeItem(at: folder) }
    let board = StatusBoard()
    let store = StateStore(
        directory: FilePath(folder.path),
        logger: logger,
        decode: { ServiceDefinition.decode($0).definition }
    )
    let manager = ServiceManager(
        .init(
            runtime: host,
            balancer: host,
            prober: host,
            clock: ContinuousClock(),
            store: store,
            units: units,
            board: board,
            turns: StartTurns(limit: 2, board: board),
            logger: logger
        ),
        hostName: "here",
        runsWithoutUnits: true
    )
    try await withThrowingTaskGroup { group in
        group.addTask { await manager.run(adopting: [:]) {} }
        try await body(manager.inbox, board, store)
        group.cancelAll()
    }
}

/// A definition that rolls quickly.
func webDocument(_ number: Int, drainTimeout: String = "1s") -> SourceEvent {
    let text = """
        {"image": "web:\(number)", "port": 80, "address": "172.18.0.1:7001", "min_healthy": "20ms", "drain_timeout": "\(drainTimeout)",
         "healthy_deadline": "1s", "health_check": {"kind": "tcp", "startup_interval": "50ms"}}
        """
    return .present(SourceDocument(id: "web", revision: "\(number)-abcdef", body: [UInt8](text.utf8)))
}

extension StatusBoard {
    /// Waits until the service is as it should be.
    func wait(for condition: (ServiceStatus) -> Bool) async {
        for await _ in changes() {
            if let status = statuses.first, condition(status) { return }
        }
    }
}
