import CLaunch

/// Where Docker's API is, and which version of it is spoken.
struct DockerSocket {
    private(set) var path: Bytes
    /// Such as `1.47`; empty: the engine's newest.
    private(set) var version: Bytes = []

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

    /// The daemon says which version it has agreed on with the engine.
    ///
    /// Anything but digits and dots changes nothing: it would change the request.
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
    ///   - isVersioned: False to ask in the engine's newest version: of one that was upgraded, and refused the version of before.
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
        // A new socket's buffer takes a request of this size whole, or the peer is gone.
        if sent == request.count { return descriptor }
        launch_close(descriptor)
        return Int32(sent < 0 ? sent : systemWouldBlock)
    }
}
