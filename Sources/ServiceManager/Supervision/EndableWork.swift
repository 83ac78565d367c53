import Synchronization

/// Work that can be ended from elsewhere before it is done, by its key.
package final class EndableWork<Key: Hashable & Sendable>: Sendable {
    private struct Running {
        var number: Int
        var end: AsyncStream<Void>.Continuation
    }

    private struct Content {
        var running: [Key: Running] = [:]
        var last = 0
    }

    private let content = Mutex(Content())

    package init() {}

    /// Runs `work` until it is done, or cancels it when `end` is called.
    ///
    /// Running work with the same key is ended first.
    package func run(_ key: Key, _ work: @escaping @Sendable () async -> Void) async {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let number = content.withLock { content in
            content.running[key]?.end.finish()
            content.last += 1
            content.running[key] = Running(number: content.last, end: end)
            return content.last
        }
        await withTaskGroup { group in
            group.addTask { await work() }
            group.addTask { for await _ in ended {} }
            await group.next()
            group.cancelAll()
        }
        content.withLock { content in
            if content.running[key]?.number == number { content.running[key] = nil }
        }
    }

    /// Ends the work with this key, if there is any.
    package func end(_ key: Key) {
        content.withLock { content in
            content.running.removeValue(forKey: key)?.end.finish()
        }
    }
}
