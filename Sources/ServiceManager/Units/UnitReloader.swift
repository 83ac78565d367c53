package import Logging

/// Makes systemd reload the unit files, at most once in 5 s however many callers ask, because PID 1 does nothing else
/// meanwhile.
package actor UnitReloader {
    /// The shortest time from one reload to the next.
    package static let interval = Duration.seconds(5)

    private let control: any UnitControl
    private let clock: any Clock<Duration>
    private let logger: Logger
    private nonisolated let requests: AsyncStream<Void>
    private nonisolated let request: AsyncStream<Void>.Continuation
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isRunning = true

    package init(control: any UnitControl, clock: any Clock<Duration>, logger: Logger) {
        self.control = control
        self.clock = clock
        self.logger = logger
        (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Returns once systemd has read everything that was written before the call.
    package func reload() async {
        guard isRunning else { return }
        await withCheckedContinuation { waiter in
            waiters.append(waiter)
            request.yield()
        }
    }

    /// Serves callers until it is cancelled.
    package func run() async {
        for await _ in requests where !waiters.isEmpty {
            let served = waiters
            waiters = []
            do {
                try await control.reload()
            } catch {
                logger.error("systemd can't reload the unit files: \(error)")
            }
            for waiter in served { waiter.resume() }
            try? await clock.sleep(for: Self.interval)
        }
        isRunning = false
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
