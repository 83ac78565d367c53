import Dispatch
import Synchronization

/// Threads for work that may block, above all on files, whose disk or server may hang.
///
/// Swift's own pool has as many threads as the machine has processors. A thread that waits for a disk is missing there. On a
/// small host, two such threads are enough to stop everything else. Work that blocks runs here instead, on a limited number of
/// threads, which exist only while there is something to do.
///
/// As a task executor it runs tasks, and their children, as a whole:
///
/// ```swift
/// group.addTask(executorPreference: BlockingPool.supervision) { await supervisor.run() }
/// ```
///
/// Single calls are handed over with ``run(_:)``, or with ``run(within:_:)`` when they may never return.
package final class BlockingPool: TaskExecutor {
    /// For the supervision of services, which keeps its records on the disk before it acts.
    package static let supervision = BlockingPool(label: "supervision", threads: 16)

    /// For files that a definition or an operator names, which may be on a server that doesn't answer.
    package static let files = BlockingPool(label: "files", threads: 4)

    /// For short system calls that hold a thread for milliseconds.
    package static let calls = BlockingPool(label: "calls", threads: 4)

    private struct State {
        /// Serial queues, each of which has a thread while it is busy. (A concurrent queue of Dispatch gets more threads than
        /// processors only after a second.)
        var idle: [DispatchQueue]
        /// The waiting jobs; nil for those that have been taken.
        var waiting: [(@Sendable () -> Void)?] = []
        /// The index of the next waiting job.
        var first = 0
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - label: The name of its threads in a debugger.
    ///   - threads: The maximum number of threads, 1 or more.
    package init(label: String, threads: Int) {
        let queues = (0..<max(threads, 1)).map { DispatchQueue(label: "\(label)-\($0)") }
        state = Mutex(State(idle: queues))
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        add { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs a call on a thread of the pool, and waits for its end.
    ///
    /// - Parameter call: The call. It can't be cancelled.
    /// - Returns: What the call returns.
    package func run<Value: Sendable>(_ call: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            add { continuation.resume(returning: call()) }
        }
    }

    /// Runs a call on a thread of the pool, and waits for its end for a limited time.
    ///
    /// - Parameters:
    ///   - limit: How long to wait, including the wait for a thread.
    ///   - call: The call. After the limit it keeps its thread until it returns, and its value is lost.
    /// - Returns: What the call returns; nil after the limit.
    package func run<Value: Sendable>(
        within limit: Duration,
        _ call: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            let milliseconds = Int(limit / .milliseconds(1))
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { once.resume(nil) }
            add {
                // Its caller has given up, so no thread is used for it.
                guard once.isOpen else { return }
                once.resume(call())
            }
        }
    }

    private func add(_ work: @escaping @Sendable () -> Void) {
        let queue = state.withLock { state -> DispatchQueue? in
            state.waiting.append(work)
            return state.idle.popLast()
        }
        queue?.async { self.drain(on: queue) }
    }

    /// Runs jobs until none waits, and gives the thread back.
    private func drain(on queue: DispatchQueue?) {
        while true {
            let work = state.withLock { state -> (@Sendable () -> Void)? in
                guard state.first < state.waiting.count else {
                    state.waiting.removeAll(keepingCapacity: state.waiting.capacity <= 256)
                    state.first = 0
                    if let queue { state.idle.append(queue) }
                    return nil
                }
                let work = state.waiting[state.first]
                state.waiting[state.first] = nil
                state.first += 1
                if state.first == 256 {
                    state.waiting.removeFirst(state.first)
                    state.first = 0
                }
                return work
            }
            guard let work else { return }
            work()
        }
    }
}

/// A continuation that is resumed by the first of several callers.
private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
        self.continuation = Mutex(continuation)
    }

    var isOpen: Bool { continuation.withLock { $0 != nil } }

    func resume(_ value: Value?) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
