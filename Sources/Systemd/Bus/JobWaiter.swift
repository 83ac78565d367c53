/// Somebody who awaits the end of a job.
struct JobWaiter {
    let id: Int
    /// Gets the result; ends without one when the result can't be known any more.
    let outcome: AsyncStream<JobResult>.Continuation
}
