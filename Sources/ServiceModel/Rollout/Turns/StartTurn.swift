/// What a host does only so many of at a time, and what a service therefore waits for its turn to do.
package enum StartTurn: Hashable, Sendable {
    /// To pull a revision's image.
    case pull(Revision)
    /// To create an instance's container and start it.
    case start(InstanceID)
}

/// A turn that a service waits for or has, and what its place in the line depends on.
package struct StartWish: Equatable, Sendable {
    package var turn: StartTurn
    package var urgency: Urgency
    /// How many instances the service has brought up already, or is to bring up before this one.
    package var rank: Int

    package init(_ turn: StartTurn, _ urgency: Urgency, rank: Int = 0) {
        self.turn = turn
        self.urgency = urgency
        self.rank = rank
    }

    /// Who comes first; the order of the cases is the order in the line.
    package enum Urgency: Int, Comparable, Sendable {
        /// It served before, and nothing of it serves now.
        case restoring
        /// It is new, or others of the service serve.
        case arriving
        /// It keeps ending before it has settled.
        case crashLooping

        package static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
    }
}
