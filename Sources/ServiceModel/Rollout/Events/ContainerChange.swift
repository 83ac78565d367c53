package import Addresses

/// What Docker tells of a container, whatever its labels say: whose it is, its id tells.
package enum ContainerChange: Equatable, Sendable {
    /// It has ended, asked or unasked.
    ///
    /// Nil while only its process is known to have ended: how it ended is told by the next one, or by `vanished`.
    case ended(ExitReport?)
    /// Somebody started it again, or restarted it unseen; it is reached here now.
    case restarted(Endpoint, other: Endpoint? = nil)
    /// It is gone, so it has neither an exit code nor anything left to remove.
    case vanished
    /// It has lost its network, and so its address.
    case disconnected
    /// It was paused (`docker pause`), or runs again.
    case suspended(Bool)
}
