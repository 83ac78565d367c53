import Glibc

/// How connections end from here.
extension Generator {
    /// What has no answer in time has failed; what lingers long enough is closed from here.
    mutating func sweep(_ time: Instant) {
        for (descriptor, connection) in connections {
            switch connection.state {
            case .lingering(let until):
                if time >= until { drop(descriptor) }
            case .connecting:
                if time >= connection.due + timeout { fail(descriptor, "connect: no answer in time", at: time) }
            case .busy:
                guard time >= connection.due + timeout else { continue }
                let stage = connection.response.hasStarted ? "response not complete" : "no response"
                fail(descriptor, "\(stage) in time", at: time)
            case .idle:
                break
            }
        }
        while let due = waitingKept.first, time >= due + timeout {
            waitingKept.removeFirst()
            tally.fail("not sent in time: every connection was busy", port: 0, at: time)
        }
        while let due = waitingShort.first, time >= due + timeout {
            waitingShort.removeFirst()
            tally.fail("not sent in time: every connection was busy", port: 0, at: time)
        }
    }

    mutating func drop(_ descriptor: Int32) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        switch connection.state {
        case .lingering: break
        case .idle:
            idle.removeAll { $0 == descriptor }
            release(connection)
        case .connecting, .busy: release(connection)
        }
        polled.removeAll { $0.fd == descriptor }
        close(descriptor)
    }

    /// Lets another connection take this one's place.
    mutating func release(_ connection: Connection) {
        if connection.isKeptAlive { openKept -= 1 } else { openShort -= 1 }
    }

    mutating func watch(_ descriptor: Int32, _ events: Int16) {
        guard let index = polled.firstIndex(where: { $0.fd == descriptor }) else { return }
        polled[index].events = events
    }
}
