import DefinitionDirectory
import Foundation
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// A temporary directory with definitions and state, and a source that watches it.
final class Workplace: Sendable {
    let root: String
    private let clock: any Clock<Duration>
    private let events = Mutex<[DirectoryEvent]>([])

    var definitions: String { root + "/services" }
    var state: String { root + "/state" }
    var stateFile: String { state + "/revisions.json" }

    init(clock: any Clock<Duration> = ContinuousClock()) throws {
        self.clock = clock
        root = NSTemporaryDirectory() + "definition-directory-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root + "/services", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes in place, as `cat >` does.
    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: definitions + "/" + name), options: [])
    }

    /// Writes to a temporary file and renames it, as careful programs do.
    func replace(_ name: String, _ text: String) throws {
        let temporary = definitions + "/." + name + ".tmp"
        try Data(text.utf8).write(to: URL(fileURLWithPath: temporary), options: [])
        guard rename(temporary, definitions + "/" + name) == 0 else { throw NeverHappened(description: "rename") }
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: definitions + "/" + name) }

    /// Runs a source for as long as `body` takes.
    func watching(
        knownIDs: Set<String> = [],
        listingInterval: Duration = .seconds(300),
        rereadDelay: Duration = .milliseconds(250),
        _ body: () async throws -> Void
    ) async throws {
        var settings = DefinitionDirectory.Settings()
        settings.listingInterval = listingInterval
        settings.rereadDelay = rereadDelay
        settings.retryInterval = .milliseconds(20)
        let source = DefinitionDirectory(
            path: definitions,
            stateDirectory: state,
            settings: settings,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            clock: clock
        )
        events.withLock { $0 = [] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await source.run(knownIDs: knownIDs) { event in self.events.withLock { $0.append(event) } }
            }
            try await body()
            group.cancelAll()
        }
    }

    /// The next event, taken out.
    func next() async throws -> DirectoryEvent {
        try await eventually("another event") { !self.events.withLock { $0.isEmpty } }
        return events.withLock { $0.removeFirst() }
    }

    /// Holds the next event against its short form.
    func expect(_ summary: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await nextSummary()
        #expect(found == summary, sourceLocation: sourceLocation)
    }

    /// The next event in a short form.
    func nextSummary() async throws -> String { try await next().summary }
}

extension DirectoryEvent {
    /// Kind, ids and generations.
    var summary: String {
        switch self {
        case .listed(let documents): "listed " + documents.map(\.summary).joined(separator: ",")
        case .changed(let document): "changed \(document.summary)"
        case .deleted(let id): "deleted \(id)"
        case .unusable(let id, let problem): "unusable \(id): \(problem)"
        case .unavailable(let problem): "unavailable: \(problem)"
        case .stateTrouble(let error): "state: \(error)"
        }
    }
}

extension DirectoryDocument {
    var summary: String { "\(id)@\(revision.prefix { $0 != "-" })" }
}
