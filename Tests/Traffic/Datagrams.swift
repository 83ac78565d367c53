import Glibc

/// A constant rate of numbered datagrams from one port, and what came back: a UDP client that never lets go.
struct Datagrams {
    private let options: Options
    private var sent: [Instant] = []
    private var answered: [Instant?] = []
    /// Answers by who gave them: what stands before the number.
    private var servers: [String: Int] = [:]

    init(_ options: Options) { self.options = options }

    /// Sends until it is told to stop or `--duration` has passed, then waits a second for the last answers.
    ///
    /// - Returns: Why it couldn't; nil when it could.
    mutating func run(isStopped: () -> Bool) -> String? {
        let descriptor = socket(options.target.family, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return "socket: \(message(of: errno))" }
        defer { close(descriptor) }
        let refusal = options.target.connect(descriptor)
        guard refusal == 0 else { return "connect: \(message(of: refusal))" }
        let start = now()
        let pause = Instant(1e9 / options.rate)
        let end = options.duration.map { start + Instant($0 * 1e9) }
        var due = start
        while !isStopped(), end.map({ now() < $0 }) ?? true {
            let time = now()
            guard time >= due else {
                wait(descriptor, until: due)
                continue
            }
            send(descriptor, due)
            due += pause
        }
        let last = now() + 1_000_000_000
        while now() < last, answered.contains(nil) { wait(descriptor, until: last) }
        return nil
    }

    private mutating func send(_ descriptor: Int32, _ due: Instant) {
        sent.append(due)
        answered.append(nil)
        let bytes = Array("\(sent.count - 1)".utf8)
        // A refusal is an unanswered datagram like others.
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
    }

    private mutating func wait(_ descriptor: Int32, until deadline: Instant) {
        let time = now()
        guard time < deadline else { return }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(clamping: (deadline - time) / 1_000_000 + 1)) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return }
        let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        guard words.count == 2, let number = Int(words[1]), answered.indices.contains(number), answered[number] == nil
        else { return }
        answered[number] = now()
        servers[String(words[0]), default: 0] += 1
    }

    /// How many had no answer.
    var unanswered: Int { answered.count { $0 == nil } }

    /// The longest time in which nothing that was sent was answered, in milliseconds.
    var longestSilence: Int {
        var longest: Instant = 0
        var begin: Instant?
        for (time, answer) in zip(sent, answered) {
            if answer == nil {
                begin = begin ?? time
            } else if let since = begin {
                longest = max(longest, time - since)
                begin = nil
            }
        }
        if let begin, let last = sent.last { longest = max(longest, last - begin) }
        return Int(longest / 1_000_000)
    }

    var json: String {
        let servers = servers.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        return """
            {"sent": \(sent.count), "unanswered": \(unanswered), "longest_silence_ms": \(longestSilence), "servers": {\(servers)}}
            """
    }
}

/// Answers every datagram to a port with a name and what it said, in both address families.
enum Echo {
    /// Returns only when that fails, with the reason.
    static func run(port: UInt16, name: String) -> String {
        let descriptor = socket(AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return "socket: \(message(of: errno))" }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { return "bind: \(message(of: code))" }
        // The first process of a container gets no signal that it doesn't ask for.
        signal(SIGTERM) { _ in _exit(0) }
        var buffer = [UInt8](repeating: 0, count: 2048)
        while true {
            var peer = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                    let count = recvfrom(descriptor, &buffer, buffer.count, 0, peer, &length)
                    guard count >= 0 else { return }
                    let answer = Array("\(name) ".utf8) + buffer[..<count]
                    _ = sendto(descriptor, answer, answer.count, 0, peer, length)
                }
            }
        }
    }
}
