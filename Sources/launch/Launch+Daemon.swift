import CLaunch

extension Launch {
    /// How many ended containers are remembered, so that nothing is copied twice if the daemon names one again.
    private static let remembered = 16

    /// Connects to the daemon, and shows in STATUS= if that fails.
    func connectDaemon(now: Int64) {
        let isConnected = daemon.connect(now: now)
        if isConnected {
            if stopping.since != nil { daemon.send(Bytes("stopping")) }
            for container in containers where !container.log.hasEnded { container.forgetReport() }
        }
        showUnreachable()
    }

    /// Shows the daemon's last status again, after a message of the daemon.
    func noteAnswer() {
        guard unreachableSince != nil else { return }
        unreachableSince = nil
        notifier.show(status: daemonStatus)
    }

    /// Handles the end of the connection.
    ///
    /// Containers' output is still copied.
    func noteDisconnect(hadAnswered: Bool) {
        if hadAnswered {
            var text = [CChar](repeating: 0, count: 64)
            let count = launch_local_time(&text, text.count)
            unreachableSince = count == 0 ? Bytes("?") : Bytes(cString: text)
        }
        showUnreachable()
    }

    private func showUnreachable() {
        var status: Bytes
        if let unreachableSince {
            status = Bytes("service-managerd has been unreachable since ") + unreachableSince
        } else {
            status = Bytes("waiting for service-managerd")
        }
        status += " (connect "
        status += daemon.path
        status += ": "
        if daemon.isConnected {
            status += "connected, no answer yet)"
        } else if daemon.connectError == 0 {
            status += "disconnected)"
        } else {
            status += Bytes(cString: launch_error_text(Int32(-daemon.connectError)))
            status += ")"
        }
        notifier.show(status: status)
    }

    /// Carries out a line from the daemon.
    ///
    /// Unknown words are meant for a newer `launch`, and are ignored.
    func obey(_ line: Bytes, now: Int64) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = words.first else { return }
        let word = Bytes(first)
        let rest = words.count > 1 ? Bytes(words[1]) : []
        if word.equals("ready") {
            notifier.ready()
        } else if word.equals("status") {
            daemonStatus = rest
            notifier.show(status: rest)
        } else if word.equals("stop-timeout") {
            if let seconds = rest.decimal, seconds <= 1_000_000_000 { stopping.timeout = seconds * 1000 }
        } else if word.equals("docker") {
            docker.move(to: rest)
        } else if word.equals("docker-api") {
            docker.speak(version: rest)
        } else if word.equals("logs") {
            follow(rest, now: now)
        } else if word.equals("say") {
            output.append(line: rest[...], to: Output.standardError)
        } else if word.equals("exit") {
            // An exit status has eight bits. Any other value is still a request to end, as failed.
            let status = rest.decimal.flatMap { code in code <= 255 ? Int32(code) : nil } ?? 1
            beginExit(status: status, now: now)
        }
    }

    /// Begins or continues to copy, for `logs <container-id> <since-or-->`.
    private func follow(_ rest: Bytes, now: Int64) {
        let fields = rest.split(separator: UInt8(ascii: " "))
        guard let first = fields.first else { return }
        let id = Bytes(first)
        guard Self.isContainerName(id) else { return refuse(id, Bytes("not a container id")) }
        var since: DockerTime?
        if fields.count > 1, !Bytes(fields[1]).equals("-") {
            since = DockerTime(Bytes(fields[1]))
            if since == nil { return refuse(id, Bytes("not a time: ") + Bytes(fields[1])) }
        }
        if let known = containers.firstIndex(where: { container in container.log.container == id }) {
            guard containers[known].log.hasEnded else { return containers[known].log.allow(docker: docker, now: now) }
            // This process knows better than the daemon what it has written, because the daemon may have missed the last
            // position.
            if let position = containers[known].log.position {
                since = since.map { asked in asked <= position ? position : asked } ?? position
            }
            containers.remove(at: known)
        }
        containers.append(
            FollowedContainer(
                log: ContainerLog(container: id, name: containerName, since: since, now: now),
                since: since
            )
        )
        if let failure = output.failure { containers.last?.log.fail(Self.failureText(failure)) }
    }

    private func refuse(_ container: Bytes, _ text: Bytes) {
        daemon.send(Bytes("log-failed ") + container + Bytes(" ") + text)
    }

    /// Whether Docker allows this name or id.
    ///
    /// Other characters would change the request.
    private static func isContainerName(_ name: Bytes) -> Bool {
        for byte in name {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard isLetter || isDigit || Bytes("_.-").contains(byte) else { return false }
        }
        return !name.isEmpty && name.count <= 255
    }

    /// Reports the progress of the copying to the daemon.
    func report(now: Int64) {
        if let failure = output.failure {
            for container in containers { container.log.fail(Self.failureText(failure)) }
        }
        // A line is reported only once the journal has it.
        guard output.isEmpty else { return }
        for container in containers {
            if container.log.takeWaiting() { daemon.send(Bytes("waiting ") + container.log.container) }
            container.noteLines(now: now)
            if output.failure == nil, let position = container.takePosition(now: now, isLast: container.log.hasEnded) {
                daemon.send(Bytes("position ") + container.log.container + Bytes(" ") + position.text)
            }
            guard let end = container.takeEnd() else { continue }
            switch end {
            case .copied:
                daemon.send(Bytes("copied ") + container.log.container)
            case .failed(let text):
                refuse(container.log.container, text)
            case .released, .following:
                break
            }
        }
        while containers.count > Self.remembered,
            let oldest = containers.firstIndex(where: { container in container.log.hasEnded })
        {
            containers.remove(at: oldest)
        }
    }

    private static func failureText(_ failure: Int32) -> Bytes {
        Bytes("writing to the journal: ") + Bytes(cString: launch_error_text(failure))
    }
}
