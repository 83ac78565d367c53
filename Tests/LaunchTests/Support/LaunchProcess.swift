import Glibc

/// A running `launch`, the real program from the build directory.
final class LaunchProcess {
    let output: UnixConnection
    let error: UnixConnection
    let identifier: pid_t
    /// A pipe whose other end only the process has, so that it ends with it.
    private let lifeline: CInt
    private var status: CInt?

    /// The program beside the test bundle, or the one that SERVICE_MANAGER_TEST_LAUNCH names.
    private static var program: String {
        if let chosen = getenv("SERVICE_MANAGER_TEST_LAUNCH") { return String(cString: chosen) }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/launch"
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - environment: All of its variables.
    ///   - isInJournal: Whether its standard error counts as the journal's stream.
    /// - Throws: When it can't be started.
    init(_ arguments: [String], environment: [String: String], isInJournal: Bool = false) throws {
        var child: pid_t = 0
        var outputs: [CInt] = [0, 0]
        var errors: [CInt] = [0, 0]
        var lifelines: [CInt] = [0, 0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let program = Self.program
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = []
        defer { for pointer in argv + envp { free(pointer) } }
        // One stream is a pipe, the other a socket as the journal's, because launch writes to them in different ways.
        let result = try creatingDescriptors {
            guard pipe(&outputs) == 0, pipe(&lifelines) == 0,
                socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &errors) == 0
            else { throw WaitError(call: "pipe") }
            var environment = environment
            if isInJournal {
                var status = stat()
                guard fstat(errors[1], &status) == 0 else { throw WaitError(call: "fstat") }
                environment["JOURNAL_STREAM"] = "\(status.st_dev):\(status.st_ino)"
            }
            envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
            for descriptor in outputs + errors + lifelines { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
            posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
            posix_spawn_file_actions_adddup2(&actions, lifelines[1], 3)
            return posix_spawn(&child, program, &actions, nil, &argv, &envp)
        }
        for pair in [outputs, errors, lifelines] { _ = close(pair[1]) }
        guard result == 0 else { throw WaitError("spawn \(program): \(String(cString: strerror(result)))") }
        identifier = child
        lifeline = lifelines[0]
        output = UnixConnection(outputs[0])
        error = UnixConnection(errors[0])
    }

    deinit {
        if status == nil {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
        close(lifeline)
    }

    func send(signal: CInt) { kill(identifier, signal) }

    /// Waits for the end; returns the exit status, negative for a signal.
    func exitStatus(_ deadline: Deadline = .usual) throws -> CInt {
        try deadline.waitForInput(lifeline, "the end of launch")
        var status: CInt = 0
        guard waitpid(identifier, &status, 0) == identifier else { throw WaitError(call: "waitpid") }
        self.status = status
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }

    /// Whether it still runs after the time.
    func runs(for duration: Duration) -> Bool {
        (try? Deadline(after: duration).waitForInput(lifeline, "the end of launch")) == nil
    }
}
