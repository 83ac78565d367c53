import BlockingCalls
package import Docker
package import ServiceModel
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Health checks that are commands in containers.
///
/// At most one of them runs in a container: one that is over its time is killed, and while it can't be, no other starts.
/// Docker has no call that ends a command; without this, each check that hangs would leave its processes behind until the
/// container has no room for its own.
package final class ExecChecks: Sendable {
    private let client: DockerClient
    private let endSession: @Sendable (Int32, ContainerID) -> ContainerProcesses.Outcome
    private let grace: Duration
    /// The commands of a container that haven't been seen to end.
    private let unfinished = Mutex<[ContainerID: [Command]]>([:])

    private struct Command: Sendable {
        let exec: String
        /// Tells it from the others of its container before it has an id.
        let number: UInt64
        let started: ContinuousClock.Instant
        let limit: Duration
    }

    /// How long a command is looked for that Docker was asked to start and hasn't started: on a host under load it may do so
    /// long after the request was given up.
    private static let longestStart = Duration.seconds(600)
    /// How many such commands a container may have before no other is asked for.
    private static let mostWaiting = 8

    /// - Parameters:
    ///   - client: The engine.
    ///   - grace: How long a command that was killed may take to end, as Docker sees it.
    ///   - endSession: Kills a session's processes in a container. May block for some milliseconds.
    package init(
        client: DockerClient,
        grace: Duration = .seconds(2),
        endSession: @escaping @Sendable (Int32, ContainerID) -> ContainerProcesses.Outcome = {
            ContainerProcesses().endSession($0, in: $1)
        }
    ) {
        self.client = client
        self.grace = grace
        self.endSession = endSession
    }

    /// Runs a command in a container; 0 is healthy.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - container: The container.
    ///   - limit: How long it may run.
    /// - Returns: Success, or what is wrong. What runs over its time is a failure, and so is what can't start because of it.
    package func run(_ command: [String], in container: ContainerID, limit: Duration) async -> ProbeOutcome {
        if let evidence = await endUnfinished(in: container) { return .failure(evidence) }
        let number = UInt64.random(in: 0 ... .max)
        do throws(DockerError) {
            let result = try await client.exec(container.rawValue, command: command, limit: limit, tail: 1) { exec in
                let begun = Command(exec: exec, number: number, started: .now, limit: limit)
                self.unfinished.withLock { $0[container, default: []].append(begun) }
            }
            forget(number, of: container)
            guard result.exitCode != 0 else { return .success }
            let said = result.lines.last.map { ": \($0)" } ?? ""
            return .failure("\(Self.shown(command)) ended with \(result.exitCode)\(said)")
        } catch {
            // Where Docker didn't even make the command, there is none to kill.
            guard case .timedOut(_, limit) = error, isUnfinished(number, of: container) else {
                return .failure("\(error)")
            }
            let evidence = "\(Self.shown(command)) didn't end within \(limit.shortText) (timeout)"
            if let trouble = await endUnfinished(in: container) { return .failure("\(evidence); \(trouble)") }
            let outcome = isUnfinished(number, of: container) ? "as Docker has not started it yet" : "and was killed"
            return .failure("\(evidence), \(outcome)")
        }
    }

    /// Forgets a container that is gone.
    package func forget(_ container: ContainerID) {
        unfinished.withLock { $0[container] = nil }
    }

    private func isUnfinished(_ number: UInt64, of container: ContainerID) -> Bool {
        unfinished.withLock { $0[container]?.contains { $0.number == number } == true }
    }

    private func forget(_ number: UInt64, of container: ContainerID) {
        unfinished.withLock { unfinished in
            unfinished[container]?.removeAll { $0.number == number }
            if unfinished[container]?.isEmpty == true { unfinished[container] = nil }
        }
    }

    /// Sees to it that the commands before have ended; what is wrong if one hasn't.
    ///
    /// A command that Docker hasn't started yet is looked at again before the next check. A few of them hold up no other.
    private func endUnfinished(in container: ContainerID) async -> String? {
        var waiting = 0
        for command in unfinished.withLock({ $0[container] ?? [] }) {
            switch await end(command, in: container) {
            case .ended: forget(command.number, of: container)
            case .notStarted:
                waiting += 1
                if .now >= command.started + Self.longestStart { forget(command.number, of: container) }
            case .runs(let evidence): return evidence
            }
        }
        guard waiting < Self.mostWaiting else {
            return "Docker has not started \(waiting) checks before it; look at: journalctl -u docker"
        }
        return nil
    }

    /// What became of a command that was to end.
    private enum Ending {
        case ended
        case notStarted
        /// It still runs, or that isn't known; the text says why.
        case runs(String)
    }

    private func end(_ last: Command, in container: ContainerID) async -> Ending {
        var isKilled = false
        var outcome = ContainerProcesses.Outcome.notFound
        var deadline = last.started + last.limit
        var pause = Duration.milliseconds(5)
        while true {
            let state: ExecState?
            do throws(DockerError) {
                state = try await client.execState(last.exec)
            } catch {
                return .runs("whether the check before it has ended isn't known: \(error)")
            }
            if let state, !state.hasStarted { return .notStarted }
            let isOver = ContinuousClock.now >= deadline
            if isOver, !isKilled, let process = state?.processID {
                // Also when the command itself has ended: what it started may hold its output open.
                outcome = await BlockingPool.calls.run { self.endSession(process, container) }
                isKilled = true
                deadline = .now + grace
            } else if state?.isRunning != true {
                return .ended
            } else if isOver {
                return .runs(Self.stillRunning(since: last.started, outcome))
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                return .runs("the check was cancelled")
            }
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    private static func stillRunning(
        since start: ContinuousClock.Instant,
        _ outcome: ContainerProcesses.Outcome
    ) -> String {
        let reason =
            switch outcome {
            case .ended: "though it was killed"
            case .notFound: "and can't be killed: its processes aren't found below /sys/fs/cgroup"
            case .refused(let number): "and can't be killed: \(String(cString: strerror(number)))"
            }
        let age = Duration.seconds((ContinuousClock.now - start).components.seconds).shortText
        return "the check that began \(age) ago still runs in the container, \(reason); no other starts until it ends"
    }

    private static func shown(_ command: [String]) -> String {
        let text = command.joined(separator: " ")
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}
