package import Addresses

/// One container of one revision, from the order to create it until it is removed.
package struct Instance: Equatable, Sendable {
    package let id: InstanceID
    /// What runs in it; an instance keeps its definition even when the service's has moved on.
    package internal(set) var definition: ServiceDefinition
    package private(set) var phase: Phase
    /// Known from the answer to `create` on.
    package internal(set) var container: ContainerID?
    /// The container's address and the definition's port; known from the answer to `start` on.
    package internal(set) var endpoint: Endpoint?
    /// The same in the other address family, where its network has both.
    package internal(set) var otherEndpoint: Endpoint?
    /// True when this instance is to leave: it goes through the rest of its phases as fast as its promises allow.
    package internal(set) var isRetiring = false
    /// True while its destination may exist in the kernel: from the order to attach until the answer to detach.
    package internal(set) var hasDestination = false
    /// The weight that its destination was given last.
    package internal(set) var weight = 0
    /// True when another instance of the same revision is to take its place.
    package internal(set) var isOutdated = false
    /// True while a person keeps it out of service.
    package internal(set) var isHandDrained = false
    /// True once its process has ended, while it isn't known yet how.
    package internal(set) var processHasEnded = false
    /// True while its container is paused.
    package internal(set) var isSuspended = false
    /// True for a container that was made by somebody else and carries no labels of ours: only the record knows it.
    package internal(set) var isAdopted = false
    /// True when it has been in service for `min_healthy` without failing.
    package internal(set) var isSettled = false
    /// What its last probes said; nil before the first verdict.
    package internal(set) var health: ProbeVerdict?
    /// How it ended, once it has.
    package internal(set) var exit: ExitReport?
    /// True while its container, which a person stopped, isn't removed yet, so that it can be started again.
    package internal(set) var isKept = false
    /// Where it is reached since a person started it again, until the destination from before is deleted.
    var returned: Returned?
    /// How often the command that is outstanding was repeated after a transient error.
    package internal(set) var retries = 0
    /// True while its create or start waits to be repeated, and no command is under way.
    package internal(set) var awaitsRetry = false
    /// Why its create or start failed last; nil once it has succeeded.
    package internal(set) var trouble: String?

    /// Where a container is reached that was started again.
    struct Returned: Equatable, Sendable {
        var endpoint: Endpoint
        var other: Endpoint?
    }

    package init(id: InstanceID, definition: ServiceDefinition, phase: Phase) {
        self.id = id
        self.definition = definition
        self.phase = phase
    }

    /// Takes a phase; what was said of the command of the one before doesn't count for it.
    mutating func enter(_ phase: Phase) {
        self.phase = phase
        retries = 0
        awaitsRetry = false
        trouble = nil
    }

    /// Where an instance is.
    ///
    /// Each phase but `queued`, `serving` and `ejected` waits for exactly one answer, and has a deadline.
    package enum Phase: String, Sendable, Codable, CaseIterable {
        /// Waits for its turn to be created, as long as the line before it takes. → `creating` (its turn), gone (retiring).
        case queued
        /// Create is under way, or waits to be repeated. → `starting` (created), gone (failed), `removing` (created, but retiring).
        case creating
        /// Start is under way, or waits to be repeated. → `probing` (started), `removing` (failed), `stopping` (retiring).
        case starting
        /// Runs, isn't healthy yet. → `attaching` (healthy), `stopping` (retiring), `removing` (exited).
        case probing
        /// Its destination is being added. → `serving` (attached), `detaching` (exited); repeated when it failed.
        case attaching
        /// In service. → `ejected` (unhealthy and not the last), `draining` (retiring), `detaching` (exited).
        case serving
        /// In the table with weight 0: its probes fail, or a person drains it. → `attaching` (healthy again), `draining`, `detaching`.
        case ejected
        /// Weight 0, waiting for its connections to end. → `stopping` (drained or deadline), `detaching` (exited).
        case draining
        /// The stop signal was sent. → `detaching` or `removing` (exited); killed at the deadline.
        case stopping
        /// Has exited; its destination is being deleted. → `removing`, `probing` (a person started it again).
        case detaching
        /// Its container is being removed, or kept for a while after a stop by hand. → gone, `probing` (a person started it again).
        case removing
    }

    /// True while its destination takes new connections.
    package var isServing: Bool { phase == .serving && !processHasEnded }

    /// True while it is to have a destination in the kernel.
    package var wantsDestination: Bool { hasDestination && !processHasEnded }

    /// True until its process has ended.
    package var isAlive: Bool {
        switch phase {
        // There is nothing to end of one that waits for its turn.
        case .queued: !isRetiring
        case .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping: true
        case .detaching, .removing: false
        }
    }
}
