import Glibc

/// Requests, when they are due, and the connections for them.
extension Generator {
    mutating func issueDue(_ time: Instant) {
        while true {
            let due = tally.start + Instant(Double(issued) * interval)
            guard due <= time else { return }
            switch (options.keepAlive > 0, options.short > 0) {
            case (true, true): if issued.isMultiple(of: 2) { waitingKept.append(due) } else { waitingShort.append(due) }
            case (true, false): waitingKept.append(due)
            default: waitingShort.append(due)
            }
            issued += 1
        }
    }

    mutating func startWaiting(_ time: Instant) {
        while let due = waitingKept.first {
            if let descriptor = idle.first {
                idle.removeFirst()
                waitingKept.removeFirst()
                connections[descriptor]?.due = due
                send(on: descriptor, at: time)
            } else if openKept < options.keepAlive {
                waitingKept.removeFirst()
                open(isKeptAlive: true, due: due, at: time)
            } else {
                break
            }
        }
        while let due = waitingShort.first, openShort < options.short {
            waitingShort.removeFirst()
            open(isKeptAlive: false, due: due, at: time)
        }
    }

    mutating func open(isKeptAlive: Bool, due: Instant, at time: Instant) {
        let descriptor = Connection.makeSocket(options.target.family)
        guard descriptor >= 0 else {
            return tally.fail("socket: \(message(of: errno))", port: 0, at: time)
        }
        bindToNextPort(descriptor)
        let refusal = options.target.connect(descriptor)
        let connection = Connection(descriptor: descriptor, isKeptAlive: isKeptAlive, due: due)
        guard refusal == 0 || refusal == EINPROGRESS else {
            close(descriptor)
            return tally.fail("connect: \(message(of: refusal))", port: connection.localPort, at: time)
        }
        if isKeptAlive { openKept += 1 } else { openShort += 1 }
        connections[descriptor] = connection
        polled.append(pollfd(fd: descriptor, events: connection.events, revents: 0))
    }

    mutating func bindToNextPort(_ descriptor: Int32) {
        guard let ports = options.sourcePorts else { return }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        for _ in ports {
            let port = nextPort
            nextPort = port == ports.upperBound ? ports.lowerBound : port + 1
            if options.target.bind(descriptor, toPort: port) { return }
        }
    }

    mutating func send(on descriptor: Int32, at time: Instant) {
        guard var connection = connections[descriptor] else { return }
        connection.response = Response()
        connection.state = .busy
        connections[descriptor] = connection
        watch(descriptor, connection.events)
        let refusal = connection.send(connection.isKeptAlive ? keptRequest : shortRequest)
        switch refusal {
        case 0: break
        // The server was faster: what it left to read says whether it closed or reset.
        case EPIPE, ECONNRESET: receive(descriptor, at: time)
        default: fail(descriptor, "send: \(message(of: refusal))", at: time)
        }
    }
}

/// The bytes of one request.
func requestBytes(_ options: Options, close: Bool) -> [UInt8] {
    let connection = close ? "Connection: close\r\n" : ""
    return Array("GET \(options.path) HTTP/1.1\r\nHost: \(options.target.description)\r\n\(connection)\r\n".utf8)
}
