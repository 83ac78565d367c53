import CLaunch

/// The connection to service-managerd's `launch.sock`.
struct DaemonConnection {
    private static let defaultPath: StaticString = "/run/service-managerd/launch.sock"
    /// The daemon reads at once.
    ///
    /// If more than this waits, it hangs, and reports of positions are left out.
    private static let outgoingLimit = 16384

    let path: Bytes
    private let hello: Bytes
    private(set) var descriptor: Int32 = -1
    /// Whether the daemon has sent anything since the connection.
    ///
    /// The socket outlives the daemon, so a connection alone doesn't mean that the daemon runs.
    private(set) var hasAnswered = false
    /// The time since when the daemon hasn't answered, in milliseconds of the monotonic clock.
    private(set) var silentSince: Int64
    /// When to connect; nil while connected.
    private(set) var retryAt: Int64?
    /// The negative errno of the last connection attempt.
    private(set) var connectError = 0

    private var backoff = Backoff()
    private var incoming = LineBuffer()
    private var outgoing: Bytes = []

    init(path: Bytes?, hello: Bytes, now: Int64) {
        self.path = path ?? Bytes(Self.defaultPath)
        self.hello = hello
        silentSince = now
        retryAt = now
    }

    var isConnected: Bool { descriptor >= 0 }
    var hasOutgoing: Bool { !outgoing.isEmpty }

    /// Whether nothing listens: the daemon doesn't run, and systemd keeps no socket for it.
    var isAbsent: Bool {
        !isConnected && (connectError == systemNoEntry || connectError == systemConnectionRefused)
    }

    /// Connects and sends `hello`; false when that failed.
    mutating func connect(now: Int64) -> Bool {
        let result = path.withCString { name in launch_connect(name, path.count) }
        guard result >= 0 else {
            connectError = Int(result)
            retryAt = now + backoff.next()
            return false
        }
        descriptor = result
        connectError = 0
        retryAt = nil
        hasAnswered = false
        incoming.removeAll()
        outgoing = []
        send(hello)
        return true
    }

    /// Sends a line; `line` has no line feed.
    mutating func send(_ line: Bytes) {
        guard isConnected, outgoing.count < Self.outgoingLimit else { return }
        outgoing += line
        outgoing += "\n"
        flush()
    }

    mutating func flush() {
        guard isConnected, !outgoing.isEmpty else { return }
        let count = outgoing.withUnsafeBytes { buffer in launch_send(descriptor, buffer.baseAddress, buffer.count) }
        // A broken connection is noticed when it is read.
        guard count > 0 else { return }
        outgoing.removeSubrange(..<count)
    }

    /// Reads the daemon's messages; false when the connection has ended.
    mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        let count = launch_read(descriptor, buffer.baseAddress, buffer.count)
        if count == systemWouldBlock { return true }
        return count > 0 && incoming.append(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count]))
    }

    /// The next line that has arrived.
    mutating func nextLine() -> Bytes? {
        guard let line = incoming.next() else { return nil }
        hasAnswered = true
        backoff.reset()
        return line
    }

    /// Closes an ended connection, and plans the next one.
    mutating func disconnect(now: Int64) {
        guard isConnected else { return }
        launch_close(descriptor)
        descriptor = -1
        if hasAnswered { silentSince = now }
        hasAnswered = false
        retryAt = now + backoff.next()
    }
}
