package import Addresses

/// A message for people, in the journal and in a service's history.
package enum RolloutNotice: Equatable, Sendable {
    case rolloutBegan(Revision, from: Revision?)
    case rolloutSuperseded(Revision, by: Revision)
    /// A person has given it up, for another revision where they went back to one.
    case rolloutGivenUp(Revision, OperatorNote, for: Revision?, kept: Revision?)
    case rolloutCompleted(Revision)
    case rolloutFailed(Revision, RevisionFailure, kept: Revision?)
    case definitionRejected(Revision, [String], kept: Revision?)
    /// A document came while the service was paused.
    case definitionHeld(Revision, image: String, OperatorNote)
    case pullRetried(Revision, Failure, after: Duration)
    case claimRetried(Revision, Failure, after: Duration)
    case instanceStarted(InstanceID, ContainerID, Endpoint)
    /// Somebody else started the instance's container again.
    case instanceRestarted(InstanceID, ContainerID, Endpoint)
    case instanceInService(InstanceID, Endpoint)
    case instanceDraining(InstanceID, Endpoint)
    case instanceDrained(InstanceID, inTime: Bool)
    case instanceExited(InstanceID, ExitReport, expected: Bool, restartAfter: Duration?)
    case instanceVanished(InstanceID, restartAfter: Duration?)
    case instanceUnhealthy(InstanceID, String, isLast: Bool)
    case instanceHealthyAgain(InstanceID)
    case commandRetried(InstanceID, Instance.Phase, Failure, after: Duration)
    case serviceStopping(reason: StopReason)
    case serviceStopped
    case handStopped(Revision, restartAfter: Duration)
    /// The host shuts down, and the current revision with it.
    case shutDown(Revision)
    case paused(OperatorNote)
    case resumed
    case rolledBack(to: Revision, OperatorNote)
    case unpinned(Revision)
    case unchanged(Revision, current: Revision)
    case canaryHolds(Revision, percent: Int, promotedAfter: Duration?)
    case canaryPromoted(Revision)
    case restarting(Revision, OperatorNote)
    case handDrained(InstanceID)
    case undrained(InstanceID)
    case instanceAdopted(InstanceID, ContainerID, Endpoint)
    case instanceReplaced(InstanceID, String)
    case instanceSuspended(InstanceID, Bool)
    case instanceDisconnected(InstanceID, restartAfter: Duration?)
    case strayFound(InstanceID, ContainerID)

    /// Why a whole service is being stopped.
    package enum StopReason: String, Sendable, Codable {
        case manager, withdrawn, disabled
    }
}
