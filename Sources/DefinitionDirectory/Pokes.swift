import Synchronization

/// Reasons to look at the directory, gathered until the loop gets round to it.
final class Pokes: Sendable {
    struct Reasons: OptionSet, Sendable {
        let rawValue: Int
        static let change = Reasons(rawValue: 1)
        static let listing = Reasons(rawValue: 2)
        static let lost = Reasons(rawValue: 4)
        /// The path leads to another directory.
        static let moved = Reasons(rawValue: 16)
        /// Nothing more is about to come.
        static let settled = Reasons(rawValue: 8)
    }

    /// Yields when there are reasons to take.
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

    /// Returns when nothing more is about to come, or its task is cancelled; for one at a time.
    func untilSettled() async {
        // A new stream each time: one whose reader was cancelled has ended for good.
        let (settled, continuation) = AsyncStream.makeStream(of: Void.self)
        waiter.withLock { $0 = continuation }
        if reasons.withLock({ $0.contains(.settled) }) { continuation.finish() }
        for await _ in settled {}
    }

    /// All reasons so far, which are gone from here.
    func take() -> Reasons {
        reasons.withLock { reasons in
            defer { reasons = [] }
            return reasons
        }
    }
}
