package import Addresses

/// Something to do now.
///
/// An action leaves no choice to what carries it out: it names instance, address, weight and time.
package enum RolloutAction: Equatable, Sendable {
    /// Make sure that each address can be served, and that its virtual service exists and is ours. → `addressesClaimed`,
    /// `claimFailed`.
    case claimAddresses(Revision, ServiceDefinition)
    /// Delete destinations of ours whose container no longer exists, because Docker may give their address to another
    /// container. Has no answer.
    case purge([ServiceAddress: [Endpoint]])
    /// Set scheduler, flags and persistence of the virtual services at its addresses. Has no answer.
    case configure(ServiceDefinition)
    /// Delete the virtual services of these addresses. → `addressesReleased`.
    case releaseAddresses([ServiceAddress])
    /// Get the image onto this host; if it is known, exactly that one. → `pulled`, `pullFailed`.
    case pull(Revision, ServiceDefinition, known: ImageID?)
    /// Give up a pull that is under way. It isn't answered after that.
    case cancelPull(Revision)
    /// → `created`, `createFailed`.
    case create(InstanceID, ServiceDefinition, ImageID?)
    /// → `started`, `startFailed`.
    case start(InstanceID, ContainerID, ServiceDefinition)
    /// Probe from now on, and report each change of verdict, beginning with `assumed` (nil for none yet).
    case probe(InstanceID, ContainerID, Endpoint, HealthCheck, cadence: ProbeCadence, assumed: ProbeVerdict?)
    case stopProbing(InstanceID)
    /// Add the destination to the virtual service of each address, or set its weight where it exists. → `attached`,
    /// `attachFailed`.
    case attach(InstanceID, [ServiceAddress: Endpoint], weight: Int, ServiceDefinition)
    /// Set weight 0, and watch until no connection is active. → `drained`, `drainFailed`.
    case drain(InstanceID, [ServiceAddress: Endpoint], ServiceDefinition)
    /// Set weight 0 because its probes fail, or set the weight that is wanted now. → `attached`, `attachFailed`.
    case setWeight(InstanceID, [ServiceAddress: Endpoint], weight: Int, ServiceDefinition)
    /// Send the stop signal, kill at the timeout. → `exited`, `stopFailed`.
    case stop(InstanceID, ContainerID, ServiceDefinition)
    /// Delete the destination from the virtual service of each address. → `detached`, `detachFailed`.
    case detach(InstanceID, [ServiceAddress: Endpoint], ServiceDefinition)
    /// Remove the container. → `removed`, `removeFailed`.
    case remove(InstanceID, ContainerID)
    /// Remove the images of revisions that aren't kept any more; images that are still used stay. → `imagesRemoved`.
    case removeImages([Revision: ImageID])
    case setTimer(RolloutTimer, Duration)
    case cancelTimer(RolloutTimer)
    /// Pause a timer that is set.
    case pauseTimer(RolloutTimer)
    /// Resume a paused timer with the time that it has left.
    case resumeTimer(RolloutTimer)
    /// Tell people.
    case tell(RolloutNotice)
}

/// How often an instance is probed.
package enum ProbeCadence: Hashable, Sendable {
    /// Every `startup_interval`: until the instance is in service, and through `min_healthy`.
    case startup
    /// Every `interval`.
    case steady
}
