/// Carries out pieces of work one after the other, in the order in which they were added.
///
/// A service's writes to the kernel go through one lane, so that a deletion never overtakes the addition before it.
package struct SerialLane: Sendable {
    private let stream: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Adds a piece of work at the end.
    package func add(_ work: @escaping @Sendable () async -> Void) {
        continuation.yield(work)
    }

    /// Works until it is cancelled.
    package func run() async {
        for await work in stream { await work() }
    }
}
