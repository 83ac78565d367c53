import Synchronization

/// Counts open connections, up to a limit.
package final class ConnectionCount: Sendable {
    private struct State {
        var open = 0
        var isFull = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether a new connection is admitted.
    package enum Admission: Equatable, Sendable {
        case admitted
        /// There are too many. `isFirst` is true for the first refusal since a connection was admitted, so that it is logged
        /// once.
        case refused(isFirst: Bool)
    }

    /// Counts a connection, unless the limit is reached.
    ///
    /// - Parameter limit: The maximum number of open connections.
    /// - Returns: Whether it is admitted; then `leave` must be called at its end.
    package func enter(limit: Int) -> Admission {
        state.withLock { state in
            guard state.open < limit else {
                defer { state.isFull = true }
                return .refused(isFirst: !state.isFull)
            }
            state.open += 1
            state.isFull = false
            return .admitted
        }
    }

    /// Records the end of an admitted connection.
    package func leave() { state.withLock { $0.open -= 1 } }
}
