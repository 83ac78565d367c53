import Synchronization

/// A deadline of an operation, which progress postpones.
///
/// The HTTP client's own time limit ends with the response head, so it doesn't limit the reading of a body.
final class TimeLimit: Sendable {
    private let call: String
    private let limit: Duration
    private let deadline: Mutex<ContinuousClock.Instant>

    private init(call: String, limit: Duration) {
        self.call = call
        self.limit = limit
        deadline = Mutex(.now + limit)
    }

    /// Restarts the time limit.
    func noteProgress() {
        let next = ContinuousClock.now + limit
        deadline.withLock { $0 = next }
    }

    /// Runs an operation, and cancels it at its deadline.
    static func run<Result: Sendable>(
        _ call: String,
        _ limit: Duration,
        _ operation: @escaping @Sendable (TimeLimit) async throws(DockerError) -> Result
    ) async throws(DockerError) -> Result {
        let timeLimit = TimeLimit(call: call, limit: limit)
        do {
            return try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask { try await operation(timeLimit) }
                group.addTask { throw await timeLimit.expiry() }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw DockerError.cancelled(call: call) }
                return first
            }
        } catch let error as DockerError {
            throw error
        } catch {
            throw .cancelled(call: call)
        }
    }

    /// Waits until the deadline; returns the error to throw.
    private func expiry() async -> DockerError {
        while true {
            let target = deadline.withLock { $0 }
            guard target > .now else { return .timedOut(call: call, limit: limit) }
            do {
                try await Task.sleep(until: target, clock: .continuous)
            } catch {
                return .cancelled(call: call)
            }
        }
    }
}
