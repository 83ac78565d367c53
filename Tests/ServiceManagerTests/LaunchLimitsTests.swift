import FoundationEssentials
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What the socket for launch does about those who take more than their share.
@Suite(.timeLimit(.minutes(1))) struct LaunchLimitsTests {
    private func address(_ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private func connected(_ path: String) throws -> CInt {
        let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        try #require(address(path) { connect(client, $0, $1) } == 0)
        return client
    }

    private func isClosed(_ client: CInt) -> Bool {
        var byte: UInt8 = 0
        let count = recv(client, &byte, 1, Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    private func isHungUp(_ client: CInt) -> Bool {
        var entry = pollfd(fd: client, events: 0, revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLHUP) != 0
    }

    /// Connects and says hello as the unit of the revision that serves.
    private func greeted(_ path: String) throws -> CInt {
        let launch = try connected(path)
        let hello = "hello 1 web 2-bb - - 1\n"
        try #require(send(launch, hello, hello.utf8.count, Int32(MSG_NOSIGNAL)) == hello.utf8.count)
        return launch
    }

    /// The service that serves, with a status of 20 KB.
    private func serving(_ number: Int) throws -> UnitWishes {
        var wishes = try UnitsFixture.serving()
        wishes.status = "\(number) " + String(repeating: "x", count: 20_000)
        return wishes
    }

    private func withServer(
        _ limits: LaunchLimits,
        _ fixture: UnitsFixture = UnitsFixture(),
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "launch-\(UInt64.random(in: 0 ... .max))")
            .path
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        try #require(address(path) { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 16) == 0)
        defer { unlink(path) }
        let server = LaunchServer(
            group: MultiThreadedEventLoopGroup.singleton,
            units: fixture.units,
            limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await fixture.run { _ in
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run(descriptor: listener) }
                try await body(path)
                group.cancelAll()
            }
        }
    }

    @Test func `connections that come while the server ends end with it, and take nothing down`() async throws {
        for _ in 0..<40 {
            let clients = Mutex<[CInt]>([])
            try await withServer(LaunchLimits()) { path in
                for _ in 0..<12 {
                    let client = try connected(path)
                    clients.withLock { $0.append(client) }
                }
            }
            let left = clients.withLock { $0 }
            try await eventually("each is closed") { left.allSatisfy(isClosed) }
            for client in left { close(client) }
        }
    }

    @Test func `one connection too many is closed, and there is room once another ends`() async throws {
        var limits = LaunchLimits()
        limits.connections = 2
        // Silence isn't what closes them.
        limits.hello = .seconds(600)
        try await withServer(limits) { path in
            // Which of them come in first isn't told: each is accepted on an event loop of its own.
            let clients = [try connected(path), try connected(path), try connected(path)]
            try await eventually("one of them is closed") { clients.contains(where: isClosed) }
            let held = clients.filter { !isClosed($0) }
            #expect(held.count == 2)
            for client in clients where !held.contains(client) { close(client) }
            let left = try #require(held.first)
            close(left)
            try await eventually("one more is answered") {
                let next = try connected(path)
                defer { close(next) }
                let line = "nonsense\n"
                _ = send(next, line, line.utf8.count, Int32(MSG_NOSIGNAL))
                var answer: UInt8 = 0
                var count = -1
                while count < 0 {
                    try await Task.sleep(for: .milliseconds(2))
                    count = recv(next, &answer, 1, Int32(MSG_DONTWAIT))
                    if count < 0 && errno != EAGAIN { return false }
                }
                return count > 0
            }
            for client in held where client != left { close(client) }
        }
    }

    /// Tells a launch, which reads nothing, ever more until its connection is closed.
    private func overwhelm(_ launch: Int32, _ fixture: UnitsFixture) async throws {
        var number = 0
        try await eventually("it is closed") {
            number += 1
            fixture.units.update(try serving(number))
            return isHungUp(launch)
        }
        close(launch)
    }

    @Test func `a launch that takes nothing of what it is told is closed`() async throws {
        var limits = LaunchLimits()
        limits.stalled = .milliseconds(200)
        // What waits for it isn't what closes it.
        limits.backlog = 100_000
        let fixture = UnitsFixture()
        try await withServer(limits, fixture) { path in
            let launch = try greeted(path)
            try await overwhelm(launch, fixture)
        }
    }

    @Test func `a launch that is too far behind loses its connection, and is told what counts when it comes again`()
        async throws
    {
        var limits = LaunchLimits()
        limits.backlog = 8
        // That it takes nothing isn't what closes it.
        limits.stalled = .seconds(600)
        let fixture = UnitsFixture()
        try await withServer(limits, fixture) { path in
            let launch = try greeted(path)
            try await overwhelm(launch, fixture)
            fixture.units.update(try UnitsFixture.serving())
            let again = try greeted(path)
            var told = ""
            try await eventually("it is told what counts") {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = recv(again, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                told += String(decoding: buffer[..<max(0, count)], as: UTF8.self)
                let lines = told.split(separator: "\n")
                return ["ready", "status in service", "logs abc -"].allSatisfy { lines.contains(Substring($0)) }
            }
            #expect(!isHungUp(again))
            close(again)
        }
    }

    @Test func `one that says nothing is closed, one that has said hello isn't`() async throws {
        var limits = LaunchLimits()
        limits.hello = .milliseconds(200)
        try await withServer(limits) { path in
            let launch = try connected(path)
            let hello = "hello 1 web manager - - 1\n"
            #expect(send(launch, hello, hello.utf8.count, Int32(MSG_NOSIGNAL)) == hello.utf8.count)
            let silent = try connected(path)
            try await eventually("the silent one is closed") { isClosed(silent) }
            var byte: UInt8 = 0
            let isOpen = recv(launch, &byte, 1, Int32(MSG_DONTWAIT)) != 0
            #expect(isOpen)
            close(launch)
            close(silent)
        }
    }
}
