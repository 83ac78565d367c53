package import ServiceModel
import Synchronization

/// Which watcher may keep watching an instance.
///
/// A watcher checks its lease before each step, so that a newer order ends an older one.
package final class Leases: Sendable {
    private let numbers = Mutex<[InstanceID: Int]>([:])
    private let last = Atomic<Int>(0)

    package init() {}

    /// Takes a new lease on an instance; older ones end.
    package func take(_ id: InstanceID) -> Int {
        let number = last.add(1, ordering: .relaxed).newValue
        numbers.withLock { $0[id] = number }
        return number
    }

    /// Ends the lease on an instance.
    package func end(_ id: InstanceID) {
        numbers.withLock { $0[id] = nil }
    }

    /// Whether a lease is still valid.
    package func holds(_ id: InstanceID, _ number: Int) -> Bool {
        numbers.withLock { $0[id] == number }
    }
}
