package import Dispatch

/// Runs an actor on its own dispatch queue, so that its blocking C calls hold no thread of Swift's pool.
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
    /// - Parameter label: The queue's name in a debugger.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job of the actor after the earlier ones.
    ///
    /// - Parameter job: The job.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Checks that the caller runs on this executor's queue, and stops the program if it doesn't.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
