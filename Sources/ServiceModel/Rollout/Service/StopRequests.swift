/// The signals that somebody sent to containers through Docker.
///
/// They distinguish a stop by hand from a crash.
///
/// `docker stop` and `docker restart` send the stop signal, and kill after their timeout. `docker kill` sends any signal.
/// Docker reports each as an event `kill` with the signal's number.
package struct StopRequests: Sendable {
    private struct Request {
        var signal: Int?
        var time: Int64
    }

    /// The last signal that was sent to each container.
    private var requests: [ContainerID: Request] = [:]

    package init() {}

    /// The time within which a process ends after a signal other than its stop signal.
    private static let longestEnd = Duration.seconds(10)
    /// Numbers of signals that don't end a program that handles them (signal(7)): SIGHUP, SIGUSR1,
    /// SIGUSR2, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH.
    private static let others: Set<Int> = [1, 10, 12, 17, 18, 19, 20, 21, 22, 23, 28]

    /// Records a signal that was sent to a container.
    ///
    /// - Parameters:
    ///   - signal: The signal's number; nil when Docker didn't say.
    ///   - container: The container.
    ///   - time: When it was sent, in nanoseconds.
    package mutating func sent(_ signal: Int?, to container: ContainerID, at time: Int64) {
        requests[container] = Request(signal: signal, time: time)
    }

    /// Whether any signal was sent to a container.
    package func wasSent(to container: ContainerID) -> Bool { requests[container] != nil }

    /// Forgets the signals that were sent to a container.
    package mutating func forget(_ container: ContainerID) { requests[container] = nil }

    /// Whether a container that has ended was asked to.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - code: Its exit code; 128 plus the signal's number for a process that a signal ended.
    ///   - time: When it ended, in nanoseconds.
    ///   - stopSignal: The number of its stop signal.
    ///   - stopTimeout: How long it may take after that signal.
    /// - Returns: Whether its end was requested.
    package func isAsked(
        _ container: ContainerID,
        code: Int,
        at time: Int64,
        stopSignal: Int,
        stopTimeout: Duration
    ) -> Bool {
        guard let request = requests[container] else { return false }
        let took = Duration.nanoseconds(max(0, time - request.time))
        guard let signal = request.signal else { return took <= Self.longestEnd }
        if signal == stopSignal { return took <= stopTimeout + Self.longestEnd }
        guard took <= Self.longestEnd else { return false }
        return !Self.others.contains(signal) || code == 128 + signal
    }

    /// A signal's number by its name in a document or an image: `SIGTERM`, `TERM` or `15` (signal(7), x86 and Arm).
    package static func number(_ name: String) -> Int? {
        if let number = Int(name) { return number }
        let upper = name.uppercased()
        let short = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let known = names[short] { return known }
        // Real-time signals are counted up from the first, or down from the last.
        if short.hasPrefix("RTMIN+"), let offset = Int(short.dropFirst(6)) { return 34 + offset }
        if short.hasPrefix("RTMAX-"), let offset = Int(short.dropFirst(6)) { return 64 - offset }
        return nil
    }

    private static let names = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17,
        "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
    ]
}
