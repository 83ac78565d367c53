/// A person's request.
package enum OperatorEvent: Equatable, Sendable {
    /// Try the failed revision again.
    case retryRequested
    /// Begin and continue no rollout.
    case pauseRequested(OperatorNote)
    /// End the pause, or, without one, the pin of a rollback.
    case resumeRequested
    /// Roll back to a kept revision.
    case rollbackRequested(Revision, ServiceDefinition, OperatorNote)
    /// Let the canary take over.
    case promoteRequested
    /// To give up the rollout that is in progress, or its canary.
    case abortRequested(OperatorNote)
    /// Take an instance out of service; the last one that serves only by force.
    case drainRequested(InstanceID, isForced: Bool)
    /// Put an instance back into service.
    case undrainRequested(InstanceID)
    /// Take over a container of somebody else's, and the virtual services in front of it, unchanged.
    case adopted(AdoptedContainer)
    /// Replace the containers of the current revision.
    case restartRequested(OperatorNote)
}
