import Synchronization

/// Tells listeners that something has changed, but not what.
package final class ChangeSignal: Sendable {
    private struct Listeners {
        var byNumber: [Int: AsyncStream<Void>.Continuation] = [:]
        var last = 0
    }

    private let listeners = Mutex(Listeners())

    package init() {}

    package func send() {
        for listener in listeners.withLock({ Array($0.byNumber.values) }) { listener.yield() }
    }

    /// A stream with an element at once, and one whenever any of the signals is sent; signals close together count as one.
    package static func changes(of signals: [ChangeSignal]) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let numbers = signals.map { $0.add(continuation) }
        continuation.onTermination = { _ in
            for (signal, number) in zip(signals, numbers) { signal.remove(number) }
        }
        continuation.yield()
        return stream
    }

    private func add(_ listener: AsyncStream<Void>.Continuation) -> Int {
        listeners.withLock { listeners in
            listeners.last += 1
            listeners.byNumber[listeners.last] = listener
            return listeners.last
        }
    }

    private func remove(_ number: Int) {
        listeners.withLock { $0.byNumber[number] = nil }
    }
}
