import Glibc

/// One connection and the request on it.
struct Connection {
    enum State {
        case connecting
        /// A request is on its way; its response is being read.
        case busy
        /// Kept alive, without a request.
        case idle
        /// The response is there; the server, which closes first, is given a moment to do so.
        case lingering(until: Instant)
    }

    let descriptor: Int32
    let isKeptAlive: Bool
    let localPort: UInt16
    var state = State.connecting
    /// When the request should have been sent: the constant rate's moment, from which latency and time-out count.
    var due: Instant
    var response = Response()
    /// Responses read in full.
    var served = 0

    init(descriptor: Int32, isKeptAlive: Bool, due: Instant) {
        self.descriptor = descriptor
        self.isKeptAlive = isKeptAlive
        self.due = due
        localPort = Address.localPort(of: descriptor)
    }

    /// What poll(2) has to look for.
    var events: Int16 {
        if case .connecting = state { Int16(POLLOUT) } else { Int16(POLLIN) }
    }

    /// Sends the request; the error number when that isn't possible.
    func send(_ request: [UInt8]) -> Int32 {
        let sent = Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        if sent == request.count { return 0 }
        return sent < 0 ? errno : EMSGSIZE
    }

    /// The socket's pending error, 0 when the connection stands.
    func pendingError() -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    /// A non-blocking TCP socket.
    static func makeSocket(_ family: Int32) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, Int32(IPPROTO_TCP))
        if descriptor >= 0 {
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        return descriptor
    }
}
