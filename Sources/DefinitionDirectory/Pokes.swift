import Synchronization

/// Reasons to look at the directory, gathered until the loop gets round to it.
final class Pokes: Sendable {
    struct Reasons: OptionSet, Sendable {
        let rawValue: Int
        static let change = Reasons(rawValue: 1)
        static let listing = Reasons(rawValue: 2)
        static let lost = Reasons(rawValue: 4)
    }

    /// Yields when there are reasons to take.
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let reasons = Mutex(Reasons())

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ more: Reasons) {
        reasons.withLock { $0.formUnion(more) }
        continuation.yield()
    }

    /// All reasons so far, which are gone from here.
    func take() -> Reasons {
        reasons.withLock { reasons in
            defer { reasons = [] }
            return reasons
        }
    }
}
