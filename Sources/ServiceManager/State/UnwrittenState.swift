import ServiceModel
import Synchronization

/// What couldn't be written to a service's files, and its documents, in case their files get lost.
///
/// A disk that is full or read-only must not make the daemon forget what runs: it works with what is here, and writes it as
/// soon as it can.
final class UnwrittenState: Sendable {
    struct Entry {
        /// The newest record, if it couldn't be written.
        var record: RolloutRecord?
        /// The documents of the revisions that the record names, and of those that came since.
        var documents: [Revision: [UInt8]] = [:]
        /// The revisions whose documents couldn't be written.
        var unwritten: Set<Revision> = []
        /// True from a failed write until everything is written.
        var isTold = false
    }

    private let unnotedBoot = Mutex<String?>(nil)
    private let entries = Mutex<[ServiceID: Entry]>([:])

    subscript(service: ServiceID) -> Entry { entries.withLock { $0[service] ?? Entry() } }

    func change(_ service: ServiceID, _ body: (inout Entry) -> Void) {
        entries.withLock { body(&$0[service, default: Entry()]) }
    }

    /// The boot that couldn't be recorded.
    var boot: String? { unnotedBoot.withLock { $0 } }

    func noteBoot(_ boot: String?) { unnotedBoot.withLock { $0 = boot } }

    func forget(_ service: ServiceID) { entries.withLock { $0[service] = nil } }

    /// The services with something that couldn't be written.
    var services: [ServiceID] {
        entries.withLock { $0.filter { $0.value.record != nil || !$0.value.unwritten.isEmpty }.keys.sorted() }
    }

    /// Records that a write failed; returns true for the first failure.
    func isNews(_ service: ServiceID) -> Bool {
        entries.withLock { entries in
            defer { entries[service, default: Entry()].isTold = true }
            return entries[service]?.isTold != true
        }
    }
}
