import BlockingCalls
package import Docker
package import ServiceModel
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Health checks that are commands in containers.
///
/// At most one of them runs in a container. A command that exceeds its time limit is killed. If it can't be killed, no other
/// starts until it ends. Docker has no call that ends a command. Without this, each check that hangs would leave its
/// processes behind, until the container has no room for its own.
package final class ExecChecks: Sendable {
    private let client: DockerClient
    private let endSession: @Sendable (Int32, ContainerID) -> ContainerProcesses.Outcome
    private let grace: Duration
    /// The commands of a container that haven't been seen to end.
    private let unfinished = Mutex<[ContainerID: [Command]]>([:])

    private struct Command: Sendable {
        let exec: String
        /// Identifies the command among those of its container before it has an id.
        let number: UInt64
        let started: ContinuousClock.Instant
        let limit: Duration
    }

    /// How long to look for a command that Docker was asked to start and hasn't started: on a host under load, Docker may start
    /// it long after the request timed out.
    private static let longestStart = Duration.seconds(600)
    /// How many such commands a container may have before no other is requested.
    private static let mostWaiting = 8

    /// - Parameters:
    ///   - client: The engine.
    ///   - grace: How long a killed command may take to end, as Docker sees it.
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
    /// - Returns: Success, or what is wrong. A command that exceeds its time limit is a failure, and so is one that can't start
    ///   because of it.
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
            // If Docker didn't even create the command, there is nothing to kill.
            guard case .timedOut(_, limit) = error, isUnfinished(number, of: container) else {
                return .failure("\(error)")
            }
            let evidence = "\(Self.shown(command)) didn't end within \(limit.shortText) (timeout)"
            if let trouble = await endUnfinished(in: container) { return .failure("\(evidence); \(trouble)") }
            let outcome = isUnfinished(number, of: container) ? "as Docker has not started it yet" : "and was killed"
            return .failure("\(evidence), \(outcome)")
        }
    }

    /// Forgets a container that has been removed.
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

    /// Ends earlier commands; returns what is wrong if one still runs.
    ///
    /// A command that Docker hasn't started yet is inspected again before the next check. A few of these don't hold up others.
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
            return "Docker has not started the \(waiting) checks before this one; see: journalctl -u docker"
        }
        return nil
    }

    /// The result of ending a command.
    private enum Ending {
        case ended
        case notStarted
        /// It still runs, or may still run; the text says why.
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
                return .runs("can't find out whether the previous check has ended: \(error)")
            }
            if let state, !state.hasStarted { return .notStarted }
            let isOver = ContinuousClock.now >= deadline
            if isOver, !isKilled, let process = state?.processID {
                // Even when the command itself has ended: what it started may hold its output open.
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
            case .notFound: "and can't be killed: its processes can't be found below /sys/fs/cgroup"
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
