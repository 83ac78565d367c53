package import Addresses

/// What the host says, its Docker engine and the other services on it.
package enum HostEvent: Equatable, Sendable {
    /// The host has other addresses than before, or a service has let one go: an address that was refused may be had now.
    case addressesChanged
    case addressesReleased([ServiceAddress])
    /// It is this service's turn to pull or to start, as it asked by `Rollout.startWishes`.
    case turnGiven(StartTurn)
    /// The images of these revisions are given up, as far as nothing else needs them.
    case imagesRemoved([Revision])
    /// What Docker tells of a container; of one that is no instance's it means nothing.
    case container(ContainerID, ContainerChange)
    /// A container with our labels that is none of the instances: what was made of an order whose answer was lost.
    case strayFound(ObservedContainer)
    /// Docker answers again after an interruption, in which it may have ended containers itself.
    case engineReturned
}
