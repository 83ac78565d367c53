import Dispatch
import Glibc

/// What `launch` meets on a host: a daemon, Docker and the service manager, all played by the test.
final class Surroundings {
    let folder: String
    let notifications: NotifySocket
    /// journald's socket; used by processes that are in the journal.
    let journal: NotifySocket
    let docker: UnixListener
    private(set) var daemon: UnixListener
    private let environment: [String: String]
    /// They live as long as this.
    private var processes: [LaunchProcess] = []

    var daemonPath: String { "\(folder)/launch.sock" }

    init() throws {
        var template = Array("/tmp/launch-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw WaitError(call: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        notifications = try NotifySocket("\(folder)/notify")
        journal = try NotifySocket("\(folder)/journal")
        docker = try UnixListener("\(folder)/docker.sock")
        daemon = try UnixListener("\(folder)/launch.sock")
        environment = [
            "NOTIFY_SOCKET": "\(folder)/notify", "DOCKER_HOST": "unix://\(folder)/docker.sock",
            "SERVICE_MANAGER_LAUNCH_SOCKET": "\(folder)/launch.sock",
            "SERVICE_MANAGER_JOURNAL_SOCKET": "\(folder)/journal",
        ]
    }

    deinit {
        for name in ["notify", "journal", "docker.sock", "launch.sock"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Takes the daemon's socket away, as if it had never run.
    func removeDaemon() {
        daemon.close()
        unlink(daemonPath)
    }

    func restoreDaemon() throws { daemon = try UnixListener(daemonPath) }

    func launch(
        _ arguments: [String] = ["shop", "manager", "-"],
        environment more: [String: String] = [:],
        isInJournal: Bool = false
    ) throws -> LaunchProcess {
        let process = try LaunchProcess(
            arguments,
            environment: environment.merging(more) { $1 },
            isInJournal: isInJournal
        )
        processes.append(process)
        return process
    }

    /// Starts `launch`, and takes its connection and its hello.
    func greeted() throws -> (LaunchProcess, UnixConnection) {
        let process = try launch()
        let connection = try daemon.accept()
        _ = try connection.line()
        return (process, connection)
    }

    /// Gives the daemon's word to go on with the container `abc`, as often as it takes until Docker is asked.
    func giveWord(_ daemon: UnixConnection) throws {
        for _ in 0..<60 {
            try daemon.send("logs abc -\n")
            if !docker.staysQuiet(for: .milliseconds(500)) { return }
        }
        throw WaitError("Docker is not asked, though the daemon gave its word")
    }

    /// Takes the next request to Docker; returns its resource and the connection.
    func dockerRequest() throws -> (resource: String, UnixConnection) {
        let connection = try docker.accept()
        let head = String(decoding: try connection.bytes(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let words = head.split(separator: " ")
        guard words.count > 2, words[0] == "GET" else { throw WaitError("not a request: \(head)") }
        return (String(words[1]), connection)
    }

    /// Answers Docker's next request, which has to be for `resource`, with a whole response.
    func answer(_ resource: String, status: String = "200 OK", _ body: String) throws {
        let (asked, connection) = try dockerRequest()
        guard asked == resource else { throw WaitError("\(asked) was requested instead of \(resource)") }
        try connection.send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Tells `launch` to copy the output of the container `abc`, takes its request, and begins a chunked response.
    ///
    /// The daemon's word holds for a second, which a machine that is busy may let pass.
    func beginLogs(_ daemon: UnixConnection) throws -> (resource: String, LogResponse) {
        try giveWord(daemon)
        return try beginLogs()
    }

    /// Takes the next request for a container's output, and begins a chunked response.
    func beginLogs() throws -> (resource: String, LogResponse) {
        let (resource, connection) = try dockerRequest()
        try connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        return (resource, LogResponse(connection: connection))
    }
}

/// Docker's side of a container's output.
struct LogResponse {
    enum Stream: UInt8 {
        case output = 1
        case error = 2
    }

    let connection: UnixConnection

    /// One message as Docker frames it.
    static func frame(_ stream: Stream, _ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        let size = withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) }
        return [stream.rawValue, 0, 0, 0] + size + payload
    }

    func send(_ stream: Stream, _ text: String) throws { try chunk(Self.frame(stream, text)) }

    func chunk(_ bytes: [UInt8]) throws {
        try connection.send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    /// Ends the response properly, as Docker does when the container has exited.
    func end() throws { try connection.send("0\r\n\r\n") }
}

/// Runs a test with surroundings of its own.
///
/// It blocks, so it gets a thread, and holds none of Swift's pool.
func withSurroundings(_ body: @escaping @Sendable (Surroundings) throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        DispatchQueue(label: "test").async {
            continuation.resume(
                with: Result {
                    let surroundings = try Surroundings()
                    try withExtendedLifetime(surroundings) { try body(surroundings) }
                }
            )
        }
    }
}
