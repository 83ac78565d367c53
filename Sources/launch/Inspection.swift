import CLaunch

/// Asks Docker once whether a container runs.
struct Inspection {
    enum Answer {
        /// It runs, is paused, or hasn't been started yet: more output may come.
        case running
        /// It has exited, or was removed.
        case ended
        /// Docker answered neither: it is shutting down, or has trouble.
        case unknown
        /// Docker refused the version of the request.
        case refused
    }

    /// More than Docker's description of a container with thousands of variables.
    private static let limit = 1 << 20

    let descriptor: Int32
    private var response = HTTPResponse()
    private var body: Bytes = []

    /// Sends the request; nil when Docker can't be reached.
    init?(container: Bytes, at docker: DockerSocket, isVersioned: Bool) {
        let resource = Bytes("/containers/") + container + Bytes("/json")
        descriptor = docker.request(resource, isVersioned: isVersioned, closing: true)
        if descriptor < 0 { return nil }
    }

    /// Reads more; returns the answer once it is complete.
    mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Answer? {
        let count = launch_read(descriptor, buffer.baseAddress, buffer.count)
        if count == systemWouldBlock { return nil }
        if count > 0 {
            var body = self.body
            response.consume(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count])) { part, _ in
                if body.count < Self.limit { body.append(contentsOf: part) }
            }
            self.body = body
            if !response.isAtEnd, !response.isMalformed { return nil }
        }
        guard response.isComplete, let status = response.status else { return .unknown }
        if status == 404 { return .ended }
        if status == 400 { return .refused }
        guard status == 200 else { return .unknown }
        let isRunning = body.containsUnescaped("\"Running\":true") || body.containsUnescaped("\"Status\":\"created\"")
        return isRunning ? .running : .ended
    }
}
