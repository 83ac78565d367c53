import CLaunch

/// Docker's socket, and the version of its API.
struct DockerSocket {
    private(set) var path: Bytes
    /// The version, such as `1.47`; empty for the engine's newest.
    private(set) var version: Bytes = []

    /// `host` is the variable DOCKER_HOST, of which only `unix://PATH` is supported.
    init(host: Bytes?) {
        if let host, host.starts(with: "unix:///") {
            path = Bytes(host[7...])
        } else {
            path = Bytes("/run/docker.sock")
        }
    }

    /// Sets the path that the daemon sends: the containers are in the Docker that the daemon uses.
    ///
    /// A path that isn't absolute is ignored.
    mutating func move(to path: Bytes) {
        if path.first == UInt8(ascii: "/") { self.path = path }
    }

    /// Sets the version that the daemon has negotiated with the engine.
    ///
    /// Text other than digits and dots is ignored, because it would change the request.
    mutating func speak(version: Bytes) {
        for byte in version {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") else { return }
        }
        self.version = version
    }

    /// Connects, and sends a request.
    ///
    /// - Parameters:
    ///   - resource: The path without a version, and the query.
    ///   - isVersioned: False to use the engine's newest version, after an upgraded engine refused the negotiated one.
    ///   - closing: Whether the engine closes the connection after its answer.
    /// - Returns: The descriptor, or a negative errno.
    func request(_ resource: Bytes, isVersioned: Bool, closing: Bool) -> Int32 {
        let descriptor = path.withCString { name in launch_connect(name, path.count) }
        guard descriptor >= 0 else { return descriptor }
        var request = Bytes("GET ")
        if isVersioned, !version.isEmpty {
            request += "/v"
            request += version
        }
        request += resource
        request += " HTTP/1.1\r\nHost: docker\r\nUser-Agent: service-manager-launch\r\n"
        if closing { request += "Connection: close\r\n" }
        request += "\r\n"
        let sent = request.withUnsafeBytes { buffer in launch_send(descriptor, buffer.baseAddress, buffer.count) }
        // The buffer of a new socket takes a request of this size as a whole, unless the peer has closed the connection.
        if sent == request.count { return descriptor }
        launch_close(descriptor)
        return Int32(sent < 0 ? sent : systemWouldBlock)
    }
}
