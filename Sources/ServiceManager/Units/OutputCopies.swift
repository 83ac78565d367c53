import ServiceModel

/// How far the output of containers has been copied into the journal, and who waits for its end.
struct OutputCopies {
    /// The time of the last line that was copied.
    private(set) var positions: [ContainerID: String] = [:]
    private var copied: Set<ContainerID> = []
    private var waiters: [ContainerID: [AsyncStream<Void>.Continuation]] = [:]

    mutating func reached(_ position: String, in container: ContainerID) { positions[container] = position }

    /// There is nothing left to copy, or nothing that copies it.
    mutating func ended(_ container: ContainerID) {
        copied.insert(container)
        for waiter in waiters.removeValue(forKey: container) ?? [] { waiter.finish() }
    }

    func hasEnded(_ container: ContainerID) -> Bool { copied.contains(container) }

    /// A stream that ends with the copying, or earlier when its other end is finished.
    mutating func end(of container: ContainerID) -> (stream: AsyncStream<Void>, waiter: AsyncStream<Void>.Continuation)
    {
        let end = AsyncStream.makeStream(of: Void.self)
        waiters[container, default: []].append(end.continuation)
        return (end.stream, end.continuation)
    }

    /// It has been waited for.
    mutating func forgetEnd(of container: ContainerID) { copied.remove(container) }
}
