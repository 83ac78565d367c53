import Synchronization

/// Counts the connections that are open, up to a limit.
package final class ConnectionCount: Sendable {
    private struct State {
        var open = 0
        var isFull = false
    }

    private let state = Mutex(State())

    package init() {}

    /// What became of a connection that came in.
    package enum Admission: Equatable, Sendable {
        case admitted
        /// There are too many. `isFirst` is true for the first one that is refused since one was admitted: to be told once.
        case refused(isFirst: Bool)
    }

    /// Counts one more, unless there are as many as may be.
    ///
    /// - Parameter limit: How many may be open.
    /// - Returns: Whether it counts; one that does is given back with `leave`.
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

    /// One that was admitted has ended.
    package func leave() { state.withLock { $0.open -= 1 } }
}
