/// What a person may ask of a service; the last part of its route.
package enum OperatorVerb: String, CaseIterable, Sendable {
    /// Try the revision that failed again.
    case retry
    /// Hold the service: no rollout begins or continues.
    case pause
    /// End a pause; where there is none, the pin of a rollback.
    case resume
    /// Go back to a kept revision.
    case rollback
    /// Let the canary take over.
    case promote
    /// Give up the rollout that is in progress, or its canary.
    case abort
    /// Take a backend out of service.
    case drain
    /// Put drained backends back.
    case undrain
    /// Replace the containers of the current revision by new ones.
    case restart
    /// Start the service: its manager's unit.
    case start
    /// Stop all of the service: its manager's unit.
    case stop
    /// Take over a container and a virtual service that somebody else made.
    case adopt
}

/// The body of a request for an ``OperatorVerb``; what a verb doesn't need is missing.
package struct OperatorRequest: Codable, Equatable, Sendable {
    /// Who asks, where that isn't the connection's user: the person behind sudo.
    package var by: String?
    /// Why, in the person's words.
    package var reason: String?
    /// Which revision: whole, or the beginning of it.
    package var revision: String?
    /// Which backend: a slot's number, or the beginning of a container's id.
    package var backend: String?
    /// The container that is taken over: its name, its id, or the beginning of it.
    package var container: String?
    /// Where the container that is taken over serves.
    package var address: String?
    /// Also where it takes the last serving backend out.
    package var force: Bool?

    /// Makes a request that asks for nothing in particular.
    package init(
        by: String? = nil,
        reason: String? = nil,
        revision: String? = nil,
        backend: String? = nil,
        container: String? = nil,
        address: String? = nil,
        force: Bool? = nil
    ) {
        self.by = by
        self.reason = reason
        self.revision = revision
        self.backend = backend
        self.container = container
        self.address = address
        self.force = force
    }
}

/// The answer to an ``OperatorVerb`` that was accepted.
package struct OperatorAnswer: Codable, Equatable, Sendable {
    package var service: String
    /// What follows, in a sentence.
    package var message: String

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - service: Whose.
    ///   - message: What follows, in a sentence.
    package init(service: String, message: String) {
        self.service = service
        self.message = message
    }
}
