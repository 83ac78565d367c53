/// How a job of systemd ended (org.freedesktop.systemd1(5), signal JobRemoved).
package enum JobResult: Equatable, Sendable {
    /// The unit is in the state that the job was to reach.
    case done
    /// Another job replaced it, or it was cancelled.
    case canceled
    /// It exceeded the unit's time limit.
    case timeout
    /// The unit failed.
    case failed
    /// A unit that this one requires failed.
    case dependency
    /// The job didn't apply to the unit's state.
    case skipped
    /// Any other, such as "assert" or "unsupported".
    case other(String)

    init(_ text: String) {
        self =
            switch text {
            case "done": .done
            case "canceled": .canceled
            case "timeout": .timeout
            case "failed": .failed
            case "dependency": .dependency
            case "skipped": .skipped
            default: .other(text)
            }
    }
}

/// What happens to queued jobs (org.freedesktop.systemd1(5), StartUnit).
package enum JobMode: String, Sendable {
    /// Conflicting jobs are replaced.
    case replace
    /// The call fails if it conflicts.
    case fail
    /// The unit's dependencies are left alone.
    case ignoreDependencies = "ignore-dependencies"
}
