package import Addresses

/// What Docker reports about a container.
///
/// The container's id, not its labels, decides which instance it is.
package enum ContainerChange: Equatable, Sendable {
    /// It has ended, on request or by itself.
    ///
    /// Nil while only the end of its process is known. A second `ended`, or `vanished`, tells how it ended.
    case ended(ExitReport?)
    /// Somebody started it again, or restarted it unnoticed. This is its present address.
    case restarted(Endpoint, other: Endpoint? = nil)
    /// It no longer exists, so it has no exit code, and nothing is left to remove.
    case vanished
    /// It has lost its network, and with it its address.
    case disconnected
    /// It was paused (`docker pause`), or unpaused.
    case suspended(Bool)
}
