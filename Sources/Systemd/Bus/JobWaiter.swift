/// A task that awaits the end of a job.
struct JobWaiter {
    let id: Int
    /// Gets the result; ends without one when the result is lost.
    let outcome: AsyncStream<JobResult>.Continuation
}
