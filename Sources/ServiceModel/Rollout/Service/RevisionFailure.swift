/// The phase in which a rollout failed.
package enum RolloutPhase: String, Hashable, Sendable, Codable {
    case definition, address, pull, create, start, healthy, minHealthy = "min_healthy", progress
}

/// What is remembered about a failed revision, so that it isn't tried again, and a person can see why.
package struct RevisionFailure: Equatable, Sendable, Codable {
    package var phase: RolloutPhase
    package var message: String
    /// The last probe's evidence; nil when there was no probe.
    package var lastProbe: String?
    /// How its container ended; nil when it didn't.
    package var exit: ExitReport?
    /// The last lines that its container wrote.
    package var lastLog: [String] = []
    /// True when it waited too long for an address: it is tried again once addresses of the host, or of other services, change.
    package var isAddressWait: Bool?
    /// Who gave its rollout up, and why; nil when it failed.
    package var givenUp: OperatorNote?

    package init(phase: RolloutPhase, message: String, lastProbe: String? = nil, exit: ExitReport? = nil) {
        self.phase = phase
        self.message = message
        self.lastProbe = lastProbe
        self.exit = exit
    }
}

extension RevisionFailure {
    /// The maximum size of a container's last lines, and of each line, in bytes.
    package static let longestLog = 4096
    package static let longestLine = 1024

    /// The last of these lines that fit into `longestLog`; a long line is cut at its end.
    package static func lastLines(of log: [String]) -> [String] {
        var left = longestLog
        var kept: [String] = []
        for line in log.reversed() {
            let line = cut(line)
            left -= line.utf8.count + 1
            guard left >= 0 else { break }
            kept.append(line)
        }
        return kept.reversed()
    }

    private static func cut(_ line: String) -> String {
        guard line.utf8.count > longestLine else { return line }
        // A character that is cut becomes U+FFFD.
        return String(decoding: line.utf8.prefix(longestLine - 6), as: UTF8.self) + "\u{2026}"
    }
}
