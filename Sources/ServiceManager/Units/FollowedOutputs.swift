import ServiceModel

/// The containers whose output one `launch` copies.
struct FollowedOutputs {
    private(set) var following: Set<ContainerID> = []
    /// Those of them that it doesn't read, until it is told to.
    private var waiting: Set<ContainerID> = []
    /// Those of them whose output it has copied to the end.
    private var finished: Set<ContainerID> = []

    /// Those that it still copies.
    var unfinished: Set<ContainerID> { following.subtracting(finished) }

    /// Has one copied; true when `launch` is told of it now, false when it knows, or Docker may not be talked to.
    mutating func follow(_ container: ContainerID, isEngineRunning: Bool) -> Bool {
        if following.insert(container).inserted { waiting.insert(container) }
        return isEngineRunning && waiting.remove(container) != nil
    }

    mutating func wait(for container: ContainerID) {
        if following.contains(container) { waiting.insert(container) }
    }

    mutating func finish(_ container: ContainerID) { finished.insert(container) }

    /// What was copied to the end and isn't to be copied any more may be started again, and is new then.
    mutating func forgetFinished(besides wanted: Set<ContainerID>) {
        let gone = finished.subtracting(wanted)
        finished.subtract(gone)
        following.subtract(gone)
    }
}
