import Backoff

/// The connections to a destination that isn't given new ones any more, as the kernel's table of connections has them.
package struct OpenConnections: Equatable, Sendable {
    /// How many are established.
    package var established: Int
    /// Those whose handshake isn't complete, each under a name that tells it from the others.
    package var halfOpen: Set<String>

    package init(established: Int, halfOpen: Set<String> = []) {
        self.established = established
        self.halfOpen = halfOpen
    }
}

/// Decides when a destination is drained: when no established connection is left.
///
/// The kernel's own count is cheap, and includes connections whose handshake was begun and never completed, for up to two
/// minutes: where clients come and go fast there are always some. The table of connections tells them apart, and is expensive,
/// so it is looked at only when few are counted and their number stands still, and then less and less often.
package struct DrainCount: Equatable, Sendable {
    /// Up to this many active connections it is worthwhile to look.
    package static let few = 32
    /// How long the count must have stood still.
    package static let stillness = Duration.seconds(1)
    /// A handshake that isn't complete by then has no client any more: TCP sends its SYN again after 1 s and 3 s.
    package static let handshake = Duration.seconds(3)
    package static let longestPause = Duration.seconds(8)

    package enum Step: Equatable, Sendable {
        case drained
        /// Count again in a moment.
        case wait
        /// Look at the table of connections, and say what was found there.
        case look
    }

    private var count: Int?
    private var changed = Duration.zero
    private var next = Duration.zero
    private static let backoff = Backoff(from: .seconds(1), to: longestPause)
    private var pause = Self.backoff.first
    /// When each half-open connection was seen first.
    private var seen: [String: Duration] = [:]

    package init() {}

    /// The next step.
    ///
    /// - Parameters:
    ///   - active: The kernel's count of active connections.
    ///   - time: Since the drain began.
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

    /// Whether it is drained by what the table of connections says.
    ///
    /// - Parameters:
    ///   - open: What was found; nil when the table can't be read, or is too large: then only the count tells.
    ///   - time: Since the drain began.
    /// - Returns: Whether it is.
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
        // Established connections may stay as they are for long.
        if open.established > 0 { pause = Self.backoff.next(after: pause) }
        return false
    }
}
