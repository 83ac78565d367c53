import CLaunch

/// Where Docker's API is.
struct DockerSocket {
    private(set) var path: Bytes

    /// `host` is the variable DOCKER_HOST: `unix://PATH` counts, other kinds of addresses are not supported.
    init(host: Bytes?) {
        if let host, host.starts(with: "unix:///") {
            path = Bytes(host[7...])
        } else {
            path = Bytes("/run/docker.sock")
        }
    }

    /// The daemon says where it is: the containers are in the Docker that it uses.
    ///
    /// A path that isn't absolute changes nothing.
    mutating func move(to path: Bytes) {
        if path.first == UInt8(ascii: "/") { self.path = path }
    }

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
