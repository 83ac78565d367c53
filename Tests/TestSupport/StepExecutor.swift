import Synchronization

/// Runs tasks one job at a time on the thread that asks for it, in an order that a seed chooses.
///
/// What runs on it is deterministic: the same seed gives the same order, so a failing run can be played again. It is idle
/// when every task waits for something that comes from outside, such as a clock.
package final class StepExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var generator: SeededGenerator
    }

    private let state: Mutex<State>

    package init(seed: UInt64) {
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Runs until every task waits.
    ///
    /// - Returns: How many jobs there were.
    @discardableResult
    package func runUntilIdle() -> Int {
        var count = 0
        while let job = next() {
            job.runSynchronously(on: asUnownedTaskExecutor())
            count += 1
        }
        return count
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            guard let index = state.jobs.indices.randomElement(using: &state.generator) else { return nil }
            return state.jobs.remove(at: index)
        }
    }
}
