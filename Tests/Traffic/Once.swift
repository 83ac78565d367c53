import Glibc

/// One request, for looking rather than loading.
struct Once {
    /// The status and the body, or why there is none.
    enum Outcome {
        case answered(status: Int, body: [UInt8])
        case failed(String)
    }

    let options: Options

    /// Asks until the answer is 200 or the time to wait is over; the last outcome.
    func run() -> Outcome {
        let deadline = now() + Instant(options.wait * 1e9)
        while true {
            let outcome = ask()
            if case .answered(200, _) = outcome { return outcome }
            if now() >= deadline { return outcome }
            usleep(50_000)
        }
    }

    private func ask() -> Outcome {
        let deadline = now() + Instant(options.timeout * 1e9)
        let descriptor = Connection.makeSocket(options.target.family)
        guard descriptor >= 0 else { return .failed("socket: \(message(of: errno))") }
        defer { close(descriptor) }
        let refusal = options.target.connect(descriptor)
        guard refusal == 0 || refusal == EINPROGRESS else { return .failed("connect: \(message(of: refusal))") }
        let connection = Connection(descriptor: descriptor, isKeptAlive: false, due: 0)
        guard isReady(descriptor, POLLOUT, until: deadline) else { return .failed("connect: no answer in time") }
        var code = connection.pendingError()
        guard code == 0 else { return .failed("connect: \(message(of: code))") }
        code = connection.send(requestBytes(options, close: true))
        guard code == 0 else { return .failed("send: \(message(of: code))") }

        var response = Response(keepsBody: true)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while isReady(descriptor, POLLIN, until: deadline) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            let stage = response.hasStarted ? "in" : "before"
            if count < 0 { return .failed("\(message(of: errno)) \(stage) the response") }
            if count == 0 {
                guard response.endedByClose() == .complete else { return .failed("closed \(stage) the response") }
                return .answered(status: response.status, body: response.body)
            }
            switch buffer.withUnsafeBytes({ response.read(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) {
            case .incomplete: continue
            case .complete: return .answered(status: response.status, body: response.body)
            case .malformed(let complaint): return .failed("malformed response: \(complaint)")
            }
        }
        return .failed(response.hasStarted ? "response not complete in time" : "no response in time")
    }

    private func isReady(_ descriptor: Int32, _ events: Int32, until deadline: Instant) -> Bool {
        while true {
            let time = now()
            guard time < deadline else { return false }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&entry, 1, Int32(clamping: (deadline - time) / 1_000_000 + 1)) > 0 { return true }
        }
    }
}
