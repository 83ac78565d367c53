/// What a person asks for.
package enum OperatorEvent: Equatable, Sendable {
    /// To try the failed revision again.
    case retryRequested
    /// That no rollout begins or continues.
    case pauseRequested(OperatorNote)
    /// To end the pause; where there is none, the pin of a rollback.
    case resumeRequested
    /// To go back to a kept revision.
    case rollbackRequested(Revision, ServiceDefinition, OperatorNote)
    /// To let the canary take over.
    case promoteRequested
    /// To give up the rollout that is in progress, or its canary.
    case abortRequested(OperatorNote)
    /// To take an instance out of service; the last that serves only by force.
    case drainRequested(InstanceID, isForced: Bool)
    /// To put it back.
    case undrainRequested(InstanceID)
    /// To take over a container of somebody else's, and the virtual services in front of it, as they are.
    case adopted(AdoptedContainer)
    /// For new containers of the current revision.
    case restartRequested(OperatorNote)
}
