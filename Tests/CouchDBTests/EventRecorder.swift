import CouchDB
import Synchronization
import Testing
import TestSupport

/// Collects a source's events so that a test can wait for the next ones.
final class EventRecorder: Sendable {
    private let events = Mutex<[CouchDBEvent]>([])

    func record(_ event: CouchDBEvent) { events.withLock { $0.append(event) } }

    var all: [CouchDBEvent] { events.withLock { $0 } }

    /// The next event, taken out.
    func next() async throws -> CouchDBEvent {
        try await eventually("another event") { !self.all.isEmpty }
        return events.withLock { $0.removeFirst() }
    }

    /// Holds the next event against its short form.
    func expect(_ summary: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await next().summary
        #expect(found == summary, sourceLocation: sourceLocation)
    }

    /// Takes events out up to the one with this short form; returns them all in short form.
    func upTo(_ summary: String) async throws -> [String] {
        var taken: [String] = []
        while taken.last != summary { taken.append(try await next().summary) }
        return taken
    }
}

/// The default generator of tests: always the same numbers (SplitMix64).
struct FixedGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension CouchDBEvent {
    /// A short form for expectations: kind, ids and revisions.
    var summary: String {
        switch self {
        case .listed(let documents): "listed " + documents.map { "\($0.id)@\($0.revision)" }.joined(separator: ",")
        case .connected: "connected"
        case .changed(let document): "changed \(document.id)@\(document.revision)"
        case .deleted(let id, let revision): "deleted \(id)@\(revision ?? "?")"
        case .disconnected(let error, _): "disconnected \(error.kind)"
        }
    }
}

extension CouchDBError {
    /// The name of the case.
    var kind: String { String("\(Mirror(reflecting: self).children.first?.label ?? "cancelled")") }
}
