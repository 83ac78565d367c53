import Synchronization

/// Reasons to read the directory, collected until the loop takes them.
final class Pokes: Sendable {
    struct Reasons: OptionSet, Sendable {
        let rawValue: Int
        static let change = Reasons(rawValue: 1)
        static let listing = Reasons(rawValue: 2)
        static let lost = Reasons(rawValue: 4)
        /// The path leads to another directory.
        static let moved = Reasons(rawValue: 16)
        /// No further change is expected soon.
        static let settled = Reasons(rawValue: 8)
    }

    /// Has an element when there are reasons to take.
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let reasons = Mutex(Reasons())
    private let waiter = Mutex<AsyncStream<Void>.Continuation?>(nil)

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ more: Reasons) {
        reasons.withLock { $0.formUnion(more) }
        continuation.yield()
        if more.contains(.settled) { waiter.withLock { $0?.finish() } }
    }

    /// Returns when no further change is expected soon, or its task is cancelled.
    ///
    /// Only one task may wait.
    func untilSettled() async {
        // A new stream each time, because a stream whose reader was cancelled has ended for good.
        let (settled, continuation) = AsyncStream.makeStream(of: Void.self)
        waiter.withLock { $0 = continuation }
        if reasons.withLock({ $0.contains(.settled) }) { continuation.finish() }
        for await _ in settled {}
    }

    /// Takes all reasons so far, and removes them.
    func take() -> Reasons {
        reasons.withLock { reasons in
            defer { reasons = [] }
            return reasons
        }
    }
}
