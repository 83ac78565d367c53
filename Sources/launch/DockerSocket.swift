import CLaunch

/// Where Docker's API is.
struct DockerSocket {
    let path: Bytes
    /// dockerd's pid file, beside its socket.
    ///
    /// It goes with an orderly stop, and stays after a crash.
    private let pidFile: Bytes
    private var hadPidFile = false

    /// `host` is the variable DOCKER_HOST: `unix://PATH` counts, other kinds of addresses are not supported.
    init(host: Bytes?) {
        if let host, host.starts(with: "unix:///") {
            path = Bytes(host[7...])
        } else {
            path = Bytes("/run/docker.sock")
        }
        var folder = path
        while let last = folder.last, last != UInt8(ascii: "/") { folder.removeLast() }
        pidFile = folder + Bytes("docker.pid")
    }

    /// Notes that Docker answers.
    mutating func noteAnswer() {
        hadPidFile = hasPidFile
    }

    /// Whether Docker was stopped in an orderly way.
    ///
    /// systemd listens on its socket then, and a connection would start it again.
    var isStopped: Bool { hadPidFile && !hasPidFile }

    private var hasPidFile: Bool { pidFile.withCString { name in launch_exists(name) != 0 } }

    /// Connects, and sends a request for `resource`; returns the descriptor or a negative errno.
    func request(_ resource: Bytes, closing: Bool) -> Int32 {
        let descriptor = path.withCString { name in launch_connect(name, path.count) }
        guard descriptor >= 0 else { return descriptor }
        var request = Bytes("GET ") + resource
        request += " HTTP/1.1\r\nHost: docker\r\nUser-Agent: service-manager-launch\r\n"
        if closing { request += "Connection: close\r\n" }
        request += "\r\n"
        let sent = request.withUnsafeBytes { buffer in launch_send(descriptor, buffer.baseAddress, buffer.count) }
        // A new socket's buffer takes a request of this size whole, or the peer is gone.
        if sent == request.count { return descriptor }
        launch_close(descriptor)
        return Int32(sent < 0 ? sent : systemWouldBlock)
    }
}
