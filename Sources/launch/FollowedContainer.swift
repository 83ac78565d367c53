/// A container whose output is copied, and what was reported to the daemon.
final class FollowedContainer {
    /// The time between two reports of a position, in milliseconds.
    private static let interval: Int64 = 1000

    let log: ContainerLog
    /// When to report the position; nil while there is nothing new.
    private(set) var positionDue: Int64?
    private var reportedAt: Int64?
    private var reported: DockerTime?
    private var isEndReported = false

    init(log: ContainerLog, since: DockerTime?) {
        self.log = log
        reported = since
    }

    /// Makes the position be reported again, to a daemon that may not know it.
    func forgetReport() {
        reported = nil
        reportedAt = nil
        positionDue = nil
    }

    /// Plans the report of lines that were copied.
    func noteLines(now: Int64) {
        guard positionDue == nil, let position = log.position, position != reported else { return }
        positionDue = reportedAt.map { last in max(now, last + Self.interval) } ?? now
    }

    /// The position to report, if there is a new one, and its report is due or `isLast`.
    func takePosition(now: Int64, isLast: Bool) -> DockerTime? {
        guard isLast || positionDue.map({ due in due <= now }) == true else { return nil }
        positionDue = nil
        guard let position = log.position, position != reported else { return nil }
        reported = position
        reportedAt = now
        return position
    }

    /// How the copying ended; nil before the end, and after the first call.
    func takeEnd() -> ContainerLog.Outcome? {
        guard log.hasEnded, !isEndReported else { return nil }
        isEndReported = true
        return log.outcome
    }
}
