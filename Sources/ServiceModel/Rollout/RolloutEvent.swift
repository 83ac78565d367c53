package import Addresses

/// What happened.
///
/// Every command of `RolloutAction` that names one is answered by exactly one of its two answers.
package enum RolloutEvent: Equatable, Sendable {
    // MARK: The definition

    /// A document was read and is valid.
    case defined(Revision, ServiceDefinition)
    /// A document was read and isn't a valid definition; the texts say why.
    case rejected(Revision, [String])
    /// The document was deleted, and that was confirmed.
    case withdrawn
    /// Which sources are asked for the document, and what they answered; nil when one has it.
    case sourcesAsked(String?)

    // MARK: The operator and the units

    /// The manager's unit has started with this address (nil: the document's), or the service runs without units.
    case managerStarted([ServiceAddress]?)
    /// The manager's unit is asked to stop.
    case managerStopRequested
    /// The name of the service's units is that of another program's template, in this file; nil when it isn't any more.
    case unitsTaken(by: String?)
    /// A revision's unit is asked to stop by a person.
    case revisionStopRequested(Revision, isShutdown: Bool = false)
    /// A person starts the current revision's unit, which was stopped.
    case revisionStartRequested(Revision)
    /// A person asks to try the failed revision again.
    case retryRequested
    /// A person asks that no rollout begins or goes on.
    case pauseRequested(OperatorNote)
    /// A person ends the pause; where there is none, the pin of a rollback.
    case resumeRequested
    /// A person goes back to a kept revision.
    case rollbackRequested(Revision, ServiceDefinition, OperatorNote)
    /// A person lets the canary take over.
    case promoteRequested
    /// A person takes an instance out of service; the last that serves only by force.
    case drainRequested(InstanceID, isForced: Bool)
    /// A person puts it back.
    case undrainRequested(InstanceID)
    /// A person has a container of somebody else's, and the virtual services in front of it, taken over as they are.
    case adopted(AdoptedContainer)
    /// A person asks for new containers of the current revision.
    case restartRequested(OperatorNote)

    // MARK: Answers

    /// With the addresses, which are ours even when the revision isn't wanted any more.
    case addressesClaimed(Revision, [ServiceAddress])
    case claimFailed(Revision, Failure)
    case addressesReleased([ServiceAddress])
    /// The image is here, and this is what its tag stands for now.
    case pulled(Revision, ImageID?)
    case pullFailed(Revision, Failure)
    /// It is this service's turn to pull or to start, as it asked by `Rollout.startWishes`.
    case turnGiven(StartTurn)
    case created(InstanceID, ContainerID)
    case createFailed(InstanceID, Failure)
    /// The container runs and has this address, and one of the other family where its network has both.
    case started(InstanceID, Endpoint, other: Endpoint? = nil)
    case startFailed(InstanceID, Failure)
    case attached(InstanceID)
    case attachFailed(InstanceID, Failure)
    case drained(InstanceID)
    case drainFailed(InstanceID, Failure)
    case stopFailed(InstanceID, Failure)
    case detached(InstanceID)
    case detachFailed(InstanceID, Failure)
    case removed(InstanceID, lastLog: [String])
    case removeFailed(InstanceID, Failure)
    /// The images of these revisions are given up, as far as nobody else needs them.
    case imagesRemoved([Revision])

    // MARK: Observations

    /// The probes have reached a verdict that differs from the one before.
    case probed(InstanceID, ProbeVerdict)
    /// The probes have failed `restart_after` times in a row.
    case exhausted(InstanceID, String)
    /// What Docker tells of a container; of one that is no instance's it means nothing.
    case container(ContainerID, ContainerChange)
    /// The container was paused (`docker pause`), or goes on.
    case suspended(InstanceID, Bool)
    /// The container has lost its network, and so its address.
    case disconnected(InstanceID)
    /// The container's process has ended; how, is told later by `exited` or `vanished`.
    case processEnded(InstanceID)
    /// The container has ended, asked or unasked.
    case exited(InstanceID, ExitReport)
    /// The container is gone from Docker, so it has neither an exit code nor anything left to remove.
    case vanished(InstanceID)
    /// The host has other addresses than before, or a service has let one go: an address that was refused may be had now.
    case addressesChanged
    /// A container with our labels that is none of the instances: what was made of an order whose answer was lost.
    case strayFound(ObservedContainer)
    /// Docker answers again after an interruption, in which it may have ended containers itself.
    case engineReturned
    case timerFired(RolloutTimer)
}
