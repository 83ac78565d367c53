import Glibc
import TestSupport

/// Measures the daemon's own share of the two times that an operator notices, on the kernel that it runs on, and ends with 1
/// when a median is above its bound.
///
/// The parts are the real ones, as they are shipped: the watched directory, the state files, the rollout, the Docker client,
/// the watch on processes. Docker and the kernel's table are stand-ins that answer at once.
@main
struct ReactionTimes {
    private static let rounds = 21

    static func main() async {
        do {
            let isFast = [
                tell(
                    try await creation(),
                    "document changed to the request to create its container",
                    .milliseconds(20)
                ),
                tell(try await deletion(), "process killed to the order to delete its destination", .milliseconds(50)),
            ]
            print("\(isFast.count { $0 }) passed, \(isFast.count { !$0 }) failed")
            exit(isFast.contains(false) ? 1 : 0)
        } catch {
            print("the measurement broke off: \(error)")
            exit(1)
        }
    }

    private static func creation() async throws -> [Duration] {
        let times = AsyncStream.makeStream(of: Duration.self)
        try await MeasuredDaemon.run { daemon in
            var creations = daemon.engine.creations.makeAsyncIterator()
            for number in 1...rounds {
                let changed = try daemon.define(number)
                guard let created = await creations.next() else { return }
                times.continuation.yield(created - changed)
                try await daemon.settled(number)
            }
        }
        times.continuation.finish()
        return await times.stream.reduce(into: []) { $0.append($1) }
    }

    private static func deletion() async throws -> [Duration] {
        let times = AsyncStream.makeStream(of: Duration.self)
        try await MeasuredDaemon.run { daemon in
            for number in 1...rounds {
                _ = try daemon.define(number)
                try await daemon.settled(number)
                guard let process = daemon.engine.processes.first else { return }
                let killed = ContinuousClock.now
                kill(process, SIGKILL)
                await daemon.table.waitForCount(0)
                times.continuation.yield(ContinuousClock.now - killed)
                daemon.reportEnds()
            }
        }
        times.continuation.finish()
        return await times.stream.reduce(into: []) { $0.append($1) }
    }

    /// Prints what was measured; true when the median keeps to the bound.
    private static func tell(_ times: [Duration], _ what: String, _ bound: Duration) -> Bool {
        let sorted = times.sorted()
        let median = sorted[sorted.count / 2]
        let isFast = median <= bound
        print(
            "\(isFast ? "ok    " : "FAILED") \(what): median \(text(median)), at most \(text(bound)); "
                + "\(sorted.count) from \(text(sorted[0])) to \(text(sorted[sorted.count - 1]))"
        )
        return isFast
    }

    private static func text(_ duration: Duration) -> String {
        let tenths = Int((duration / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
