package import Addresses

/// What happens on the host: its addresses, its Docker engine and its other services.
package enum HostEvent: Equatable, Sendable {
    /// The host's addresses have changed, or a service has released one: a refused address may be free now.
    case addressesChanged
    case addressesReleased([ServiceAddress])
    /// It is this service's turn to pull or to start, as requested by `Rollout.startWishes`.
    case turnGiven(StartTurn)
    /// The images of these revisions are removed, as far as nothing else needs them.
    case imagesRemoved([Revision])
    /// What Docker reports about a container. It is ignored if the container is not one of an instance.
    case container(ContainerID, ContainerChange)
    /// A container of ours that belongs to no instance: the answer to the order to create it was lost.
    case strayFound(ObservedContainer)
    /// Docker answers again after an interruption in which it may have ended containers.
    case engineReturned
}
