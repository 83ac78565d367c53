import CLaunch

/// A stop that systemd has asked for.
struct Stopping {
    /// When it was asked for, in milliseconds of the monotonic clock; nil before.
    var since: Int64?
    /// How long a stop may take, in milliseconds, as set by the daemon.
    var timeout: Int64 = 60_000
}

extension Launch {
    /// How long to wait for a silent daemon; and how much longer than its own limit to wait for one that answers.
    private static let patience: Int64 = 10_000

    /// How long to wait for the last output of containers after the daemon's `exit`.
    private static let lastSeconds: Int64 = 5000

    /// Handles SIGTERM or SIGINT: the daemon decides when to exit.
    func beginStopping(now: Int64) {
        guard stopping.since == nil else { return }
        stopping.since = now
        notifier.stopping()
        if daemon.isConnected {
            daemon.send(Bytes("stopping"))
        } else {
            connectDaemon(now: now)
        }
    }

    /// When to stop without the daemon, so that neither a stop nor a shutdown hangs.
    var stopDeadline: Int64? {
        guard let since = stopping.since, exit == nil else { return nil }
        if daemon.isAbsent { return since }
        if daemon.hasAnswered { return since + stopping.timeout + Self.patience }
        return max(since, daemon.silentSince) + Self.patience
    }

    /// Handles the daemon's `exit <code>`: the last output is copied, and then the process ends.
    func beginExit(status: Int32, now: Int64) {
        guard exit == nil else { return }
        // For systemd, a unit that exits with 0 before it was ready has failed.
        if status == 0, stopping.since == nil { notifier.ready() }
        exit = (status, now + Self.lastSeconds)
    }

    /// Ends the process when it is due.
    func endIfDue(now: Int64) {
        if let exit {
            for container in containers { container.log.beginLastSeconds(docker: docker, now: now) }
            let isFinished = containers.allSatisfy { container in container.log.hasEnded } && output.isDone()
            guard isFinished || exit.deadline <= now else { return }
            end(status: exit.status)
        } else if let deadline = stopDeadline, deadline <= now {
            end(status: 0)
        }
    }

    private func end(status: Int32) -> Never {
        for container in containers { container.log.fail(Bytes("launch ended before the container's output did")) }
        report(now: launch_now())
        daemon.flush()
        launch_exit(status)
    }
}
