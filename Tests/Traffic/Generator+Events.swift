import Glibc

/// What the sockets report.
extension Generator {
    mutating func handle(_ descriptor: Int32, at time: Instant) {
        guard let connection = connections[descriptor] else { return }
        switch connection.state {
        case .connecting:
            let refusal = connection.pendingError()
            if refusal == 0 {
                send(on: descriptor, at: time)
            } else {
                fail(descriptor, "connect: \(message(of: refusal))", at: time)
            }
        case .busy: receive(descriptor, at: time)
        case .idle: endIdle(descriptor)
        case .lingering: drop(descriptor)
        }
    }

    mutating func receive(_ descriptor: Int32, at time: Instant) {
        guard var connection = connections[descriptor] else { return }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 {
            let code = errno
            guard code != EAGAIN, code != EINTR else { return }
            let stage = connection.response.hasStarted ? "in" : "before"
            return fail(descriptor, "\(message(of: code)) \(stage) the response", at: time)
        }
        if count == 0 {
            if connection.response.endedByClose() == .complete { return succeed(descriptor, connection, at: time) }
            if !connection.response.hasStarted, connection.served > 0 {
                return retire(descriptor, connection, at: time)
            }
            let stage = connection.response.hasStarted ? "in" : "before"
            return fail(descriptor, "closed \(stage) the response", at: time)
        }
        let progress = buffer.withUnsafeBytes { bytes in
            connection.response.read(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
        connections[descriptor] = connection
        switch progress {
        case .incomplete: break
        case .complete: succeed(descriptor, connection, at: time)
        case .malformed(let complaint): fail(descriptor, "malformed response: \(complaint)", at: time)
        }
    }

    mutating func succeed(_ descriptor: Int32, _ answered: Connection, at time: Instant) {
        guard answered.response.status == 200 else {
            return fail(descriptor, "status \(answered.response.status)", at: time)
        }
        var connection = answered
        tally.succeed(firstLine: connection.response.firstLine, due: connection.due, at: time)
        connection.served += 1
        if connection.isKeptAlive, connection.response.isPersistent {
            connection.state = .idle
            idle.append(descriptor)
        } else {
            connection.state = .lingering(until: time + Self.lingering)
            release(connection)
        }
        connections[descriptor] = connection
    }

    mutating func retire(_ descriptor: Int32, _ connection: Connection, at time: Instant) {
        tally.retired += 1
        drop(descriptor)
        open(isKeptAlive: true, due: connection.due, at: time)
    }

    mutating func endIdle(_ descriptor: Int32) {
        if recv(descriptor, &buffer, buffer.count, 0) == 0 { tally.idleClosed += 1 } else { tally.idleReset += 1 }
        drop(descriptor)
    }

    mutating func fail(_ descriptor: Int32, _ kind: String, at time: Instant) {
        tally.fail(kind, port: connections[descriptor]?.localPort ?? 0, at: time)
        drop(descriptor)
    }
}
