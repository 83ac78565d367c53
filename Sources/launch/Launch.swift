import CLaunch

/// The process of a unit.
///
/// It tells the daemon when its unit starts and stops, relays the daemon's answers to systemd, and copies containers' output to
/// the journal.
///
/// Everything runs in one poll(2) loop.
final class Launch {
    /// The buffer that everything is read into.
    private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 16384)
    private let signals: Int32
    var daemon: DaemonConnection
    var docker: DockerSocket
    var notifier: Notifier
    var output: Output
    /// The predecessor's name of its containers, which its users look for in the journal: `NAME.REVISION`.
    let containerName: Bytes
    var containers: [FollowedContainer] = []
    /// The daemon's last text for STATUS=.
    var daemonStatus: Bytes = []
    /// When the daemon stopped answering, in local time; nil while it answers, and before it first did.
    var unreachableSince: Bytes?
    var stopping = Stopping()
    /// The exit status that the daemon has requested, and until when output is copied.
    var exit: (status: Int32, deadline: Int64)?

    init(arguments: Arguments, signals: Int32) {
        func variable(_ name: StaticString) -> Bytes? {
            let value = Bytes(name).withCString { name in launch_environment(name).map { text in Bytes(cString: text) }
            }
            return value?.isEmpty == true ? nil : value
        }
        self.signals = signals
        containerName = arguments.service + Bytes(".") + arguments.instance
        output = Output(
            journal: JournalSocket(
                stream: variable("JOURNAL_STREAM"),
                path: variable("SERVICE_MANAGER_JOURNAL_SOCKET")
            )
        )
        daemon = DaemonConnection(
            path: variable("SERVICE_MANAGER_LAUNCH_SOCKET"),
            hello: arguments.hello(couchDB: variable("COUCHDB_URL")),
            now: launch_now()
        )
        docker = DockerSocket(host: variable("DOCKER_HOST"))
        notifier = Notifier(socket: variable("NOTIFY_SOCKET"))
    }

    private enum Source {
        case signals, daemon, output, log(FollowedContainer), inspection(FollowedContainer)
    }

    /// Runs until the daemon requests the exit, or until the deadline of a stop that the daemon doesn't answer.
    func run() -> Never {
        var polled: [pollfd] = []
        var sources: [Source] = []
        while true {
            let now = launch_now()
            act(now: now)
            polled.removeAll(keepingCapacity: true)
            sources.removeAll(keepingCapacity: true)
            func add(_ source: Source, _ descriptor: Int32, _ events: Int32) {
                polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
                sources.append(source)
            }
            add(.signals, signals, POLLIN)
            if daemon.isConnected { add(.daemon, daemon.descriptor, daemon.hasOutgoing ? POLLIN | POLLOUT : POLLIN) }
            if let blocked = output.blockedDescriptor { add(.output, blocked, POLLOUT) }
            for container in containers {
                if let inspection = container.log.inspection {
                    add(.inspection(container), inspection.descriptor, POLLIN)
                }
                // While the journal accepts nothing, Docker has to wait.
                if container.log.descriptor >= 0, output.isEmpty {
                    add(.log(container), container.log.descriptor, POLLIN)
                }
            }
            let timeout = nextDeadline(now: now).map { deadline in max(0, min(deadline - now, 60_000)) } ?? -1
            let isReleasing = exit != nil
            _ = poll(&polled, UInt(polled.count), isReleasing ? Int32(min(max(timeout, 0), 50)) : Int32(timeout))
            let woken = launch_now()
            for (entry, source) in zip(polled, sources) {
                handle(source, isReady: entry.revents != 0, now: woken)
            }
        }
    }

    private func handle(_ source: Source, isReady: Bool, now: Int64) {
        switch source {
        case .signals where isReady:
            if launch_take_signals(signals) > 0 { beginStopping(now: now) }
        case .daemon where isReady:
            daemon.flush()
            readDaemon(now: now)
        case .output where isReady:
            output.flush()
        case .inspection(let container) where isReady:
            container.log.readInspection(into: buffer, output: &output, now: now)
        case .log(let container) where isReady:
            // One piece at a time, so that little waits for the journal.
            guard output.isEmpty, container.log.descriptor >= 0 else { return }
            container.log.read(into: buffer, output: &output, docker: docker, now: now)
            container.noteLines(now: now)
            output.flush()
        case .log(let container):
            container.log.releaseIfQuiet()
        case .signals, .daemon, .output, .inspection:
            break
        }
    }

    private func readDaemon(now: Int64) {
        let isOpen = daemon.read(into: buffer)
        while let line = daemon.nextLine() {
            noteAnswer()
            obey(line, now: now)
        }
        guard !isOpen else { return }
        let hadAnswered = daemon.hasAnswered
        daemon.disconnect(now: now)
        noteDisconnect(hadAnswered: hadAnswered)
    }

    /// Does what is due.
    private func act(now: Int64) {
        if let due = daemon.retryAt, due <= now { connectDaemon(now: now) }
        for container in containers { container.log.connect(to: docker, now: now) }
        output.flush()
        report(now: now)
        endIfDue(now: now)
    }

    private func nextDeadline(now: Int64) -> Int64? {
        var earliest: Int64?
        func consider(_ deadline: Int64?) {
            guard let deadline else { return }
            earliest = min(earliest ?? deadline, deadline)
        }
        consider(daemon.retryAt)
        consider(stopDeadline)
        consider(exit?.deadline)
        for container in containers {
            consider(container.log.retryAt)
            if output.isEmpty { consider(container.positionDue) }
        }
        return earliest
    }
}
