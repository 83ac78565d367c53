/// Work of which a host does only a limited number at a time, so that a service must wait for its turn.
package enum StartTurn: Hashable, Sendable {
    /// To pull a revision's image.
    case pull(Revision)
    /// To create an instance's container and start it.
    case start(InstanceID)
}

/// A turn that a service waits for or has, with what decides its place in the line.
package struct StartWish: Equatable, Sendable {
    package var turn: StartTurn
    package var urgency: Urgency
    /// How many instances the service has started, or will start before this one.
    package var rank: Int

    package init(_ turn: StartTurn, _ urgency: Urgency, rank: Int = 0) {
        self.turn = turn
        self.urgency = urgency
        self.rank = rank
    }

    /// How urgent a turn is.
    ///
    /// The order of the cases is the order in the line.
    package enum Urgency: Int, Comparable, Sendable {
        /// The service served before, and none of its instances serves now.
        case restoring
        /// The service is new, or other instances of it serve.
        case arriving
        /// The instance keeps ending before it has settled.
        case crashLooping

        package static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
    }
}
