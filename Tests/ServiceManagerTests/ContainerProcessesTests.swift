import Foundation
import ServiceManager
import ServiceModel
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Ending what a health check left in a container: real processes, and control groups as files.
@Suite(.timeLimit(.minutes(1))) struct ContainerProcessesTests {
    private let container = ContainerID(String(repeating: "0a", count: 32))

    /// A shell that leads a session of its own, and has started another process in it.
    private func startSession() throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID, which Swift's module of glibc leaves out.
        posix_spawnattr_setflags(&attributes, Int16(0x80))
        var process: pid_t = 0
        let arguments = ["sh", "-c", "sleep 600 & wait"]
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { (text: String) in strdup(text) } + [nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawn(&process, "/bin/sh", nil, &attributes, words, environ) == 0)
        return process
    }

    /// The processes of a session, as the kernel has them.
    private func members(of session: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { getsid($0) == session }
    }

    /// How a process has ended; nil when it doesn't, and what is left of its session is killed then.
    private func ending(of session: pid_t) -> CInt? {
        let limit = ContinuousClock.now + .seconds(20)
        var status: CInt = 0
        while waitpid(session, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < limit else {
                for member in members(of: session) { kill(member, SIGKILL) }
                waitpid(session, nil, 0)
                return nil
            }
            usleep(1000)
        }
        return status
    }

    private func withGroup(_ path: String, _ processes: [pid_t], _ body: (ContainerProcesses) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "groups-\(UUID())").path
        let group = "\(root)/\(path.replacing("ID", with: container.rawValue))"
        try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let list = processes.map { "\($0)\n" }.joined()
        try Data(list.utf8).write(to: URL(filePath: "\(group)/cgroup.procs"))
        try body(ContainerProcesses(root: root))
    }

    @Test(arguments: [
        "system.slice/docker-ID.scope", "docker/ID", "pids/docker/ID", "memory/system.slice/docker-ID.scope",
    ])
    func `a session's processes are killed, and no others of the container`(path: String) throws {
        let session = try startSession()
        let other = try startSession()
        defer {
            for member in members(of: other) { kill(member, SIGKILL) }
            waitpid(other, nil, 0)
        }
        while members(of: session).count < 2 || members(of: other).count < 2 { usleep(1000) }
        let all = members(of: session) + members(of: other)
        try withGroup(path, all) { processes in
            #expect(processes.endSession(session, in: container) == .ended)
        }
        #expect(ending(of: session).map { $0 & 0x7f } == SIGKILL)
        let limit = ContinuousClock.now + .seconds(20)
        while !members(of: session).isEmpty, ContinuousClock.now < limit { usleep(1000) }
        #expect(members(of: session).isEmpty)
        for member in members(of: session) { kill(member, SIGKILL) }
        #expect(members(of: other).count == 2)
    }

    @Test func `a process that the kernel doesn't have in the container is left alone`() throws {
        let session = try startSession()
        defer {
            for member in members(of: session) { kill(member, SIGKILL) }
            waitpid(session, nil, 0)
        }
        try withGroup("docker/ID", [getpid()]) { processes in
            #expect(processes.endSession(session, in: container) == .notFound)
        }
        #expect(ContainerProcesses(root: "/nonexistent").endSession(session, in: container) == .notFound)
        #expect(ContainerProcesses().endSession(session, in: ContainerID("../..")) == .notFound)
        #expect(kill(session, 0) == 0)
    }
}
