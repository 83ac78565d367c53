import ControlAPI
import ControlServer
import ServiceModel
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What the control socket does about those who take more than their share.
@Suite(.timeLimit(.minutes(1))) struct `control socket's limits` {
    /// A connection that says only what it is told to.
    private final class Client: Sendable {
        private let descriptor: CInt

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0)
        }

        deinit { close(descriptor) }

        func ask(_ path: String) { say("GET \(path) HTTP/1.1\r\nHost: control\r\n\r\n") }

        func say(_ text: String) { _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }

        /// Whether the server has closed it; reads what there is, at most `limit` bytes each time.
        func isClosed() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count == 0 || (count < 0 && errno != EAGAIN)
        }

        /// Whether the server has said something, which stays to be read.
        func isAnswered() -> Bool {
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) == 1
        }

        /// Whether the server has closed it, without reading anything.
        func isHungUp() -> Bool {
            var entry = pollfd(fd: descriptor, events: 0, revents: 0)
            return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLHUP) != 0
        }
    }

    private static func limits(_ change: (inout ControlLimits) -> Void) -> ControlLimits {
        var limits = ControlLimits()
        change(&limits)
        return limits
    }

    @Test func `connections that come while the server ends end with it, and take nothing down`() async throws {
        for _ in 0..<40 {
            let clients = Mutex<[Client]>([])
            try await serving(StandInBackend([])) { path in
                for _ in 0..<12 {
                    let client = try Client(path)
                    clients.withLock { $0.append(client) }
                }
            }
        }
    }

    @Test func `one connection too many is told so, and the next fits again once another ends`() async throws {
        let limits = Self.limits { limits in
            limits.connections = 3
            limits.reserved = 0
        }
        try await serving(StandInBackend([try Fixtures.api()]), limits: limits) { socket in
            var held: [Client] = []
            for _ in 0..<3 {
                let client = try Client(socket)
                client.ask("/v1/status/stream")
                // Each is accepted on an event loop of its own: which of them comes in first isn't told.
                try await eventually("it is answered") { client.isAnswered() }
                held.append(client)
            }
            try await eventually("a fourth is refused") {
                do {
                    try await ControlClient.with(socket: socket) { _ = try await $0.status() }
                    return false
                } catch ControlError.refused(503, let problem) {
                    return problem.error.contains("3 open connections")
                }
            }
            held.removeLast()
            try await eventually("there is room again") {
                do {
                    try await ControlClient.with(socket: socket) { _ = try await $0.status() }
                    return true
                } catch ControlError.refused(503, _) {
                    return false
                }
            }
            withExtendedLifetime(held) {}
        }
    }

    @Test func `readers can't keep out who may change something`() async throws {
        let limits = Self.limits { limits in
            limits.connections = 2
            limits.reserved = 1
        }
        let isWriter = Mutex(false)
        let backend = StandInBackend([try Fixtures.api()])
        try await serving(backend, limits: limits, isWriter: { _ in isWriter.withLock { $0 } }) { socket in
            let reader = try Client(socket)
            reader.ask("/v1/status/stream")
            try await eventually("the reader is served") { backend.listenerCount == 1 }
            await #expect(throws: ControlError.self) {
                try await ControlClient.with(socket: socket) { _ = try await $0.status() }
            }
            isWriter.withLock { $0 = true }
            try await ControlClient.with(socket: socket) { _ = try await $0.status() }
            withExtendedLifetime(reader) {}
        }
    }

    @Test(arguments: ["", "GET /v1/status HTTP/1.1\r\n"])
    func `a connection without a whole request is closed after a while, one that follows isn't`(
        beginning: String
    ) async throws {
        let limits = Self.limits { $0.idle = .milliseconds(100) }
        let backend = StandInBackend([try Fixtures.api()])
        try await serving(backend, limits: limits) { socket in
            let follower = try Client(socket)
            follower.ask("/v1/status/stream")
            let idle = try Client(socket)
            idle.say(beginning)
            try await eventually("the idle one is closed") { idle.isClosed() }
            try await eventually("the follower is served") { backend.listenerCount == 1 }
            let second = try Client(socket)
            try await eventually("the second idle one is closed") { second.isClosed() }
            #expect(!follower.isClosed())
            #expect(backend.listenerCount == 1)
        }
    }

    @Test func `a follower that takes nothing is closed, and the daemon keeps nothing for it`() async throws {
        let limits = Self.limits { $0.stalled = .milliseconds(200) }
        let backend = StandInBackend([try Fixtures.api()])
        try await serving(backend, limits: limits) { socket in
            let follower = try Client(socket)
            follower.ask("/v1/status/stream")
            try await eventually("the follower is served") { backend.listenerCount == 1 }
            var detail = 0
            try await eventually("it is given up") {
                detail += 1
                var changed = try Fixtures.api()
                changed.detail = String(repeating: "\(detail % 10)", count: 20_000)
                backend.set([changed])
                return backend.listenerCount == 0
            }
            try await eventually("its connection ends") { follower.isHungUp() }
        }
    }

    @Test func `a follower of logs that is too far behind gets an end, and the daemon keeps no more for it`()
        async throws
    {
        let limits = Self.limits { limits in
            limits.backlog = 64 << 10
            // Not that it reads nothing ends it.
            limits.stalled = .seconds(600)
        }
        let backend = StandInBackend([try Fixtures.api()])
        // How many bytes were handed over until no more were taken; more than 16 MiB aren't.
        let handed = Mutex<Int?>(nil)
        let line = String(repeating: "x", count: 1 << 10)
        backend.setLogs { handle in
            var count = 0
            defer { handed.withLock { $0 = count } }
            while count < 16 << 20 {
                try await handle(line)
                count += line.utf8.count
            }
        }
        try await serving(backend, limits: limits) { socket in
            let follower = try Client(socket)
            follower.ask("/v1/services/api/logs?follow=true")
            try await eventually("nothing more is taken") { handed.withLock { $0 } != nil }
            // Beside the backlog, what the channel and the socket hold.
            #expect(handed.withLock { $0 ?? 0 } < (64 << 10) + (2 << 20))
            try await eventually("what it reads ends") { follower.isClosed() }
        }
    }
}
