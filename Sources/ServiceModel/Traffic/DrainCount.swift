import Backoff

/// The connections to a destination that gets no new ones, from the kernel's table of connections.
package struct OpenConnections: Equatable, Sendable {
    /// The number of established connections.
    package var established: Int
    /// The connections whose handshake isn't complete, each under a unique name.
    package var halfOpen: Set<String>

    package init(established: Int, halfOpen: Set<String> = []) {
        self.established = established
        self.halfOpen = halfOpen
    }
}

/// Decides when a destination is drained: when no established connection is left.
///
/// The kernel's own count is cheap. It includes connections whose handshake was never completed, for up to two minutes. With
/// many short-lived clients there are always some. The table of connections distinguishes them, but reading it is expensive.
/// So it is read only when few connections are counted and their number stands still, and then at growing intervals.
package struct DrainCount: Equatable, Sendable {
    /// The maximum number of active connections for which the table is read.
    package static let few = 32
    /// How long the count must stand still before that.
    package static let stillness = Duration.seconds(1)
    /// The time after which an incomplete handshake has no client any more: TCP repeats its SYN after 1 s and 3 s.
    package static let handshake = Duration.seconds(3)
    package static let longestPause = Duration.seconds(8)

    package enum Step: Equatable, Sendable {
        case drained
        /// Count again in a moment.
        case wait
        /// Read the table of connections, and call `looked`.
        case look
    }

    private var count: Int?
    private var changed = Duration.zero
    private var next = Duration.zero
    private static let backoff = Backoff(from: .seconds(1), to: longestPause)
    private var pause = Self.backoff.first
    /// When each half-open connection was first seen.
    private var seen: [String: Duration] = [:]

    package init() {}

    /// The next step.
    ///
    /// - Parameters:
    ///   - active: The kernel's count of active connections.
    ///   - time: The time since the drain began.
    /// - Returns: The next step.
    package mutating func counted(_ active: Int, at time: Duration) -> Step {
        if active == 0 { return .drained }
        if active != count {
            count = active
            changed = time
            pause = Self.backoff.first
            next = min(next, time + Self.stillness)
        }
        guard active <= Self.few, time - changed >= Self.stillness, time >= next else { return .wait }
        return .look
    }

    /// Whether the destination is drained, by the table of connections.
    ///
    /// - Parameters:
    ///   - open: What was found; nil when the table can't be read, or is too large. Then only the count decides.
    ///   - time: The time since the drain began.
    /// - Returns: Whether it is drained.
    package mutating func looked(_ open: OpenConnections?, at time: Duration) -> Bool {
        guard let open else {
            next = time + Self.longestPause
            return false
        }
        let known = seen
        seen = Dictionary(uniqueKeysWithValues: open.halfOpen.map { ($0, known[$0] ?? time) })
        let isRecent = seen.values.contains { time - $0 < Self.handshake }
        if open.established == 0, !isRecent { return true }
        next = time + pause
        // Established connections may last long.
        if open.established > 0 { pause = Self.backoff.next(after: pause) }
        return false
    }
}
