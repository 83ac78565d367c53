extension Instance {
    /// The state of an instance, with the values that only this state has.
    ///
    /// Each state except `queued`, `serving` and `ejected` waits for exactly one answer, and has a deadline.
    package enum State: Equatable, Sendable {
        /// Waits for its turn to be created, without a deadline. → `creating` (its turn), gone (retiring).
        case queued
        /// Create is under way, or waits to be repeated. → `starting` (created), gone (failed), `removing` (created, but
        /// retiring).
        case creating
        /// Start is under way, or waits to be repeated. → `probing` (started), `removing` (failed), `stopping` (retiring).
        case starting
        /// Runs, isn't healthy yet. → `attaching` (healthy), `stopping` (retiring), `removing` (exited).
        case probing
        /// Its destination is being added. → `serving` (attached), `detaching` (exited); repeated when it failed.
        ///
        /// It is given up when it failed and isn't wanted any more, because it isn't known whether the destination was added.
        /// → `draining`.
        case attaching(isGivenUp: Bool)
        /// In service. → `ejected` (unhealthy and not the last), `draining` (retiring), `detaching` (exited).
        case serving
        /// In the table with weight 0: its probes fail, or a person drains it. → `attaching` (healthy again), `draining`,
        /// `detaching`.
        case ejected
        /// Weight 0, waiting for its connections to end. → `stopping` (drained or deadline), `detaching` (exited).
        case draining
        /// The stop signal was sent. → `detaching` or `removing` (exited); killed at the deadline.
        case stopping
        /// Has exited; its destination is being deleted. → `removing`, `probing` (a person started it again).
        case detaching(End)
        /// Its container is being removed, or kept for a time after a stop by hand. → gone, `probing` (a person started it
        /// again).
        case removing(End)

        package var phase: Phase {
            switch self {
            case .queued: .queued
            case .creating: .creating
            case .starting: .starting
            case .probing: .probing
            case .attaching: .attaching
            case .serving: .serving
            case .ejected: .ejected
            case .draining: .draining
            case .stopping: .stopping
            case .detaching: .detaching
            case .removing: .removing
            }
        }
    }

    /// A state without its values, as the status shows it.
    package enum Phase: String, Sendable, Codable, CaseIterable {
        case queued, creating, starting, probing, attaching, serving, ejected, draining, stopping, detaching, removing
    }

    /// What happens to a container that has ended.
    package enum End: Equatable, Sendable {
        case removed
        /// A person stopped it. For a time it can be started again.
        case kept
        /// A person started it again. It is reached here, once its earlier destination is deleted.
        case startedAgain(Endpoints)
    }
}
