package import Addresses

/// What is to be done now.
///
/// An action leaves its performer no choice: it names instance, address, weight and time.
package enum RolloutAction: Equatable, Sendable {
    /// Make sure that each address can be served and its virtual service exists, ours. → `addressesClaimed`, `claimFailed`.
    case claimAddresses(Revision, ServiceDefinition)
    /// Delete destinations of ours whose container is gone: Docker may give their address to a stranger. Isn't answered.
    case purge([ServiceAddress: [Endpoint]])
    /// Set scheduler, flags and persistence of the virtual services at its addresses. Isn't answered.
    case configure(ServiceDefinition)
    /// Delete the virtual services of these addresses. → `addressesReleased`.
    case releaseAddresses([ServiceAddress])
    /// Have the image here; where it is known which one it was, that one. → `pulled`, `pullFailed`.
    case pull(Revision, ServiceDefinition, known: ImageID?)
    /// Give up a pull that is under way; it isn't answered any more.
    case cancelPull(Revision)
    /// → `created`, `createFailed`.
    case create(InstanceID, ServiceDefinition, ImageID?)
    /// → `started`, `startFailed`.
    case start(InstanceID, ContainerID, ServiceDefinition)
    /// Probe from now on and tell each change of verdict, beginning with `assumed` (nil: none yet).
    case probe(InstanceID, ContainerID, Endpoint, HealthCheck, cadence: ProbeCadence, assumed: ProbeVerdict?)
    case stopProbing(InstanceID)
    /// Add the destination to the virtual service of each address, or set its weight where it is there. → `attached`, `attachFailed`.
    case attach(InstanceID, [ServiceAddress: Endpoint], weight: Int, ServiceDefinition)
    /// Set weight 0, and go on watching until no connection is active. → `drained`, `drainFailed`.
    case drain(InstanceID, [ServiceAddress: Endpoint], ServiceDefinition)
    /// Set weight 0 because its probes fail, or the weight that it is to have now. → `attached`, `attachFailed`.
    case setWeight(InstanceID, [ServiceAddress: Endpoint], weight: Int, ServiceDefinition)
    /// Send the stop signal, kill at the timeout. → `exited`, `stopFailed`.
    case stop(InstanceID, ContainerID, ServiceDefinition)
    /// Delete the destination from the virtual service of each address. → `detached`, `detachFailed`.
    case detach(InstanceID, [ServiceAddress: Endpoint], ServiceDefinition)
    /// Remove the container. → `removed`, `removeFailed`.
    case remove(InstanceID, ContainerID)
    /// Give up the images of revisions that aren't kept any more; what others use stays. → `imagesRemoved`.
    case removeImages([Revision: ImageID])
    case setTimer(RolloutTimer, Duration)
    case cancelTimer(RolloutTimer)
    /// Let a timer stand still that is set; one that isn't stays so.
    case pauseTimer(RolloutTimer)
    /// Let a timer that stands still go on with the time that was left.
    case resumeTimer(RolloutTimer)
    /// Tell people.
    case tell(RolloutNotice)
}

/// How often an instance is probed.
package enum ProbeCadence: Hashable, Sendable {
    /// Every `startup_interval`: until in service, and through `min_healthy`.
    case startup
    /// Every `interval`.
    case steady
}
