import Glibc

/// Calls the body with the address of a unix socket; a leading "@" names an abstract one.
private func withAddress<Result>(
    _ path: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let isAbstract = bytes.first == 0
    let size = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
    return try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, socklen_t(size)) }
    }
}

/// A listening stream socket, played by the test.
final class UnixListener {
    private var descriptor: CInt

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 16) == 0 else {
            throw WaitError(call: "bind \(path)")
        }
    }

    deinit { close() }

    func accept(_ deadline: Deadline = .usual) throws -> UnixConnection {
        try deadline.waitForInput(descriptor, "a connection")
        return try creatingDescriptors {
            let accepted = Glibc.accept(descriptor, nil, nil)
            guard accepted >= 0 else { throw WaitError(call: "accept") }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            return UnixConnection(accepted)
        }
    }

    /// Whether nobody connects within the time.
    func staysQuiet(for duration: Duration) -> Bool {
        (try? Deadline(after: duration).waitForInput(descriptor, "a connection")) == nil
    }

    func close() {
        if descriptor >= 0 { creatingDescriptors { _ = Glibc.close(descriptor) } }
        descriptor = -1
    }
}

/// One end of a stream, or of a pipe.
final class UnixConnection {
    private var descriptor: CInt
    private var received: [UInt8] = []

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close() }

    /// Closes it for everybody: a process that another test is about to start has a copy until it runs its program.
    func close() {
        if descriptor >= 0 { creatingDescriptors { _ = Glibc.close(descriptor) } }
        descriptor = -1
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw WaitError(call: "send") }
            sent += count
        }
    }

    /// The next line without its end.
    func line(_ deadline: Deadline = .usual) throws -> String {
        String(decoding: try bytes(through: [UInt8(ascii: "\n")], deadline).dropLast(), as: UTF8.self)
    }

    /// Whether a line comes, after at most ten reports that were on their way: of positions, or that a word is awaited.
    ///
    /// How far `launch` had come at a report depends on how its input was cut.
    func reaches(_ expected: String, _ deadline: Deadline = .usual) throws -> Bool {
        for _ in 0..<10 {
            let line = try line(deadline)
            if line == expected { return true }
            guard line.hasPrefix("position ") || line.hasPrefix("waiting ") else { return false }
        }
        return false
    }

    /// Everything up to and including `end`.
    func bytes(through end: [UInt8], _ deadline: Deadline = .usual) throws -> [UInt8] {
        while true {
            if let found = received.indices.first(where: { received[$0...].starts(with: end) }) {
                let part = Array(received[..<(found + end.count)])
                received.removeSubrange(..<(found + end.count))
                return part
            }
            guard try receive(deadline) else {
                throw WaitError("the stream ended after \(String(decoding: received, as: UTF8.self))")
            }
        }
    }

    /// Everything up to the other side's close.
    func bytesToEnd(_ deadline: Deadline = .usual) throws -> [UInt8] {
        while try receive(deadline) {}
        defer { received = [] }
        return received
    }

    private func receive(_ deadline: Deadline) throws -> Bool {
        try deadline.waitForInput(
            descriptor,
            "input after \"\(String(decoding: received.suffix(200), as: UTF8.self))\""
        )
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno != ECONNRESET { throw WaitError(call: "read") }
        if count > 0 { received += buffer[..<count] }
        return count > 0
    }
}

/// The service manager's end of NOTIFY_SOCKET.
final class NotifySocket {
    private let descriptor: CInt

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw WaitError(call: "bind \(path)") }
    }

    deinit { close(descriptor) }

    func next(_ deadline: Deadline = .usual) throws -> String {
        try deadline.waitForInput(descriptor, "a notification")
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw WaitError(call: "recv") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The next notification that begins with `prefix`; others before it are skipped.
    func next(beginning prefix: String, _ deadline: Deadline = .usual) throws -> String {
        while true {
            let message = try next(deadline)
            if message.hasPrefix(prefix) { return message }
        }
    }

    /// What is here already.
    func pending() -> [String] {
        var messages: [String] = []
        while let message = try? next(Deadline(after: .zero)) { messages.append(message) }
        return messages
    }
}
