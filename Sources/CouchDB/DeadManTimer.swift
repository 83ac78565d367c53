import Synchronization

/// Notices that a peer is silent: it throws when a reader has waited longer than `limit`.
///
/// The time that the reader spends on what it has read doesn't count.
final class DeadManTimer<C: Clock<Duration>>: Sendable {
    private enum State: Sendable {
        /// Can become `working` when bytes come, or `expired`.
        case waiting(since: C.Instant)
        /// Can become `waiting`.
        case working
        /// The final state: a reader that gets something now is too late.
        case expired
    }

    private let clock: C
    private let limit: Duration
    private let state: Mutex<State>

    init(limit: Duration, clock: C) {
        self.clock = clock
        self.limit = limit
        state = Mutex(.waiting(since: clock.now))
    }

    /// Records that the reader got something.
    func beginWork() throws(CouchDBError) {
        let isExpired = state.withLock { state in
            if case .expired = state { return true }
            state = .working
            return false
        }
        if isExpired { throw .silent(limit) }
    }

    /// Records that the reader waits again.
    func endWork() {
        state.withLock { $0 = .waiting(since: clock.now) }
    }

    /// Waits until the reader has waited too long.
    ///
    /// It ends only by throwing.
    func watch() async throws -> Never {
        while true {
            let now = clock.now
            let deadline = state.withLock { state in
                switch state {
                case .waiting(let since): since.advanced(by: limit)
                case .working, .expired: now.advanced(by: limit)
                }
            }
            try await clock.sleep(until: deadline, tolerance: nil)
            let isExpired = state.withLock { state in
                guard case .waiting(let since) = state, since.advanced(by: limit) <= clock.now else { return false }
                state = .expired
                return true
            }
            if isExpired { throw CouchDBError.silent(limit) }
        }
    }
}
