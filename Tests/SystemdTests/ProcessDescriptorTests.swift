import Glibc
import Systemd
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProcessDescriptorTests {
    /// A process that reads its standard input, and ends when that does.
    private func start() throws -> (process: pid_t, input: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        // The process must not hold the end that keeps its input open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var process: pid_t = 0
        let name = strdup("cat")
        defer { free(name) }
        try #require(posix_spawnp(&process, "cat", &actions, nil, [name, nil], environ) == 0)
        close(ends[0])
        return (process, ends[1])
    }

    @Test func `the end of a process is told`() async throws {
        let (process, input) = try start()
        guard let descriptor = ProcessDescriptor(process) else {
            Issue.record("the process can't be opened")
            return
        }
        close(input)
        await descriptor.waitForEnd()
        var status: Int32 = -1
        #expect(waitpid(process, &status, WNOHANG) == process)
    }

    @Test func `a process that has ended and wasn't waited for yet is told of at once`() async throws {
        let (process, input) = try start()
        close(input)
        var information = siginfo_t()
        try #require(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
        guard let descriptor = ProcessDescriptor(process) else {
            Issue.record("the process can't be opened")
            return
        }
        await descriptor.waitForEnd()
        waitpid(process, nil, 0)
        let isThere = ProcessDescriptor(process) != nil
        #expect(!isThere)
    }

    @Test func `whoever waits can be cancelled`() async throws {
        let (process, input) = try start()
        await withTaskGroup { group in
            group.addTask {
                if let descriptor = ProcessDescriptor(process) { await descriptor.waitForEnd() }
            }
            group.cancelAll()
        }
        #expect(kill(process, 0) == 0)
        close(input)
        waitpid(process, nil, 0)
    }
}
