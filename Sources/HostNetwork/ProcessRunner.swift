import Glibc

/// Runs a program and collects its output; blocks its thread meanwhile.
///
/// The program gets a small environment, default signals, and only the three standard descriptors.
package struct ProcessRunner: Sendable {
    /// The folders that are searched for programs, in this order.
    package var folders: [String]

    /// How long a program may run before it is killed.
    package var timeLimit: Duration

    /// How many bytes of each stream are kept; a program that writes more is killed.
    package var outputLimit: Int

    /// The environment of programs, besides `PATH` and `LC_ALL`.
    package var environment: [String: String]

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - folders: The folders that are searched for programs.
    ///   - timeLimit: How long a program may run.
    ///   - outputLimit: How many bytes of each stream are kept.
    ///   - environment: The environment of programs, besides `PATH` and `LC_ALL`.
    package init(
        folders: [String] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
        timeLimit: Duration = .seconds(20),
        outputLimit: Int = 64 << 20,
        environment: [String: String] = [:]
    ) {
        self.folders = folders
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
        self.environment = environment
    }

    /// The path of a program; nil when it is in none of the folders.
    package func path(of program: String) -> String? {
        folders.lazy.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - program: Its name, which is searched in the folders.
    ///   - arguments: Its arguments, without its own name.
    ///   - input: Its standard input; empty by default.
    /// - Returns: Its exit status, whatever that is, and its output.
    /// - Throws: `ProcessError` when it can't be started or doesn't end.
    package func run(
        _ program: String,
        _ arguments: [String],
        input: String = ""
    ) throws(ProcessError) -> ProcessResult {
        guard let path = path(of: program) else { throw .notFound(program: program, folders: folders) }
        guard let standardInput = Channel(), let output = Channel(), let errorOutput = Channel() else {
            throw .failed(program: program, call: "socketpair", code: errno)
        }
        let process = try spawn(
            path,
            arguments: [program] + arguments,
            descriptors: [
                standardInput.theirs.descriptor, output.theirs.descriptor, errorOutput.theirs.descriptor,
            ]
        )
        var running = RunningProcess(
            program: program,
            process: process,
            input: standardInput.keepOurs(),
            output: output.keepOurs(),
            errorOutput: errorOutput.keepOurs()
        )
        return try running.finish(input: input, timeLimit: timeLimit, outputLimit: outputLimit)
    }

    private func spawn(
        _ path: String,
        arguments: [String],
        descriptors: [Int32]
    ) throws(ProcessError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        // Our descriptors are close-on-exec, but those that this process was started with may not be. Closing one that was
        // closed meanwhile isn't a failure.
        for descriptor in openDescriptors() where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argv = Self.strings(arguments)
        var environment = Self.strings(
            environment.merging(["PATH": folders.joined(separator: ":"), "LC_ALL": "C"]) { _, ours in ours }
                .map { "\($0.key)=\($0.value)" }
        )
        defer { for text in argv + environment { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &argv, &environment)
        guard code == 0 else { throw .failed(program: arguments[0], call: "posix_spawn", code: code) }
        return process
    }

    /// Copies texts into C strings, with nil after the last one; the caller frees each.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { text in strdup(text) } + [nil]
    }
}
