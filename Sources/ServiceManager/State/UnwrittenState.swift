import ServiceModel
import Synchronization

/// What a service's files are to hold, where a write failed; and its documents, in case their files get lost.
///
/// A disk that is full, or read-only, must not let what runs be forgotten: the daemon works with what is here, and writes
/// it as soon as it can.
final class UnwrittenState: Sendable {
    struct Entry {
        /// The newest record, when it couldn't be written.
        var record: RolloutRecord?
        /// The documents of the revisions that the record names, and of those that came since.
        var documents: [Revision: [UInt8]] = [:]
        /// Those of them that couldn't be written.
        var unwritten: Set<Revision> = []
        /// True from a failed write until all is written.
        var isTold = false
    }

    private let unnotedBoot = Mutex<String?>(nil)
    private let entries = Mutex<[ServiceID: Entry]>([:])

    subscript(service: ServiceID) -> Entry { entries.withLock { $0[service] ?? Entry() } }

    func change(_ service: ServiceID, _ body: (inout Entry) -> Void) {
        entries.withLock { body(&$0[service, default: Entry()]) }
    }

    /// The boot that couldn't be noted.
    var boot: String? { unnotedBoot.withLock { $0 } }

    func noteBoot(_ boot: String?) { unnotedBoot.withLock { $0 = boot } }

    func forget(_ service: ServiceID) { entries.withLock { $0[service] = nil } }

    /// The services of which something couldn't be written.
    var services: [ServiceID] {
        entries.withLock { $0.filter { $0.value.record != nil || !$0.value.unwritten.isEmpty }.keys.sorted() }
    }

    /// Notes that a write failed; true when that is news.
    func isNews(_ service: ServiceID) -> Bool {
        entries.withLock { entries in
            defer { entries[service, default: Entry()].isTold = true }
            return entries[service]?.isTold != true
        }
    }
}
