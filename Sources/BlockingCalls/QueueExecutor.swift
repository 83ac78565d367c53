package import Dispatch

/// Runs an actor on a dispatch queue of its own, so that its blocking C calls hold no thread of Swift's pool.
///
/// `DispatchSerialQueue`, which would be such an executor, is absent from Dispatch on Linux.
///
/// ```swift
/// actor Client {
///     private let executor = QueueExecutor(label: "client")
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
/// }
/// ```
package final class QueueExecutor: SerialExecutor {
    /// The queue, for dispatch sources whose handlers enter the actor with `assumeIsolated`.
    package let queue: DispatchQueue

    /// Makes an executor with a new queue.
    ///
    /// - Parameter label: The queue's name, seen in a debugger.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job of the actor after those that came before it.
    ///
    /// - Parameter job: The job.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Answers whether the caller runs on this executor's queue; stops the program otherwise.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
