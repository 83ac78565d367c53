import Glibc

/// A running program, with our ends of its three streams.
///
/// The program is always reaped before this value is destroyed, so that no zombie stays.
struct RunningProcess: ~Copyable {
    private let program: String
    private let process: pid_t
    private let input: FileHandle
    private let output: FileHandle
    private let errorOutput: FileHandle
    private var isReaped = false

    init(
        program: String,
        process: pid_t,
        input: consuming FileHandle,
        output: consuming FileHandle,
        errorOutput: consuming FileHandle
    ) {
        self.program = program
        self.process = process
        self.input = input
        self.output = output
        self.errorOutput = errorOutput
    }

    deinit {
        guard !isReaped else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// Writes and reads concurrently until the program has closed its output, and then takes its exit status.
    mutating func finish(
        input text: String,
        timeLimit: Duration,
        outputLimit: Int
    ) throws(ProcessError) -> ProcessResult {
        let deadline = ContinuousClock.now + timeLimit
        var unwritten = Array(text.utf8)[...]
        // poll skips negative descriptors.
        var streams = [
            pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorOutput.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input.descriptor, events: Int16(POLLOUT), revents: 0),
        ]
        var texts: [[UInt8]] = [[], []]
        while streams[0].fd >= 0 || streams[1].fd >= 0 {
            let remaining = milliseconds(until: deadline)
            guard remaining > 0 else { throw .timedOut(program: program, limit: timeLimit) }
            guard poll(&streams, nfds_t(streams.count), remaining) >= 0 else {
                if errno == EINTR { continue }
                throw .failed(program: program, call: "poll", code: errno)
            }
            for index in texts.indices where streams[index].revents != 0 {
                guard Self.read(streams[index].fd, into: &texts[index]) else {
                    streams[index].fd = -1
                    continue
                }
                guard texts[index].count <= outputLimit else {
                    throw .tooMuchOutput(program: program, limit: outputLimit)
                }
            }
            if streams[2].revents != 0, !Self.write(&unwritten, to: input.descriptor) { streams[2].fd = -1 }
        }
        let status = try wait(until: deadline, timeLimit: timeLimit)
        return ProcessResult(
            exitStatus: status,
            output: String(decoding: texts[0], as: UTF8.self),
            errorOutput: String(decoding: texts[1], as: UTF8.self)
        )
    }

    /// Reads what has arrived; false at the end of the stream.
    private static func read(_ descriptor: Int32, into text: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count > 0 { text += chunk[..<count] }
        return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))
    }

    /// Writes what fits; false once everything is written and the stream closed, or the program no longer reads.
    private static func write(_ unwritten: inout ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        if !unwritten.isEmpty {
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let count = unwritten.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count < 0 { return errno == EINTR || errno == EAGAIN }
            unwritten = unwritten.dropFirst(count)
        }
        guard unwritten.isEmpty else { return true }
        shutdown(descriptor, Int32(SHUT_WR))
        return false
    }

    /// Waits for the exit, with the same deadline, because a program may close its output and continue.
    private mutating func wait(
        until deadline: ContinuousClock.Instant,
        timeLimit: Duration
    ) throws(ProcessError) -> Int32 {
        while true {
            var status: Int32 = 0
            let result = waitpid(process, &status, WNOHANG)
            if result == process {
                isReaped = true
                // WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h> are macros that Swift doesn't import.
                let signal = status & 0x7f
                return signal == 0 ? status >> 8 & 0xff : 128 + signal
            }
            if result < 0, errno != EINTR {
                isReaped = true
                throw .failed(program: program, call: "waitpid", code: errno)
            }
            guard milliseconds(until: deadline) > 0 else { throw .timedOut(program: program, limit: timeLimit) }
            poll(nil, 0, 2)
        }
    }

    /// The time that is left, rounded up so that a wait never ends just before its deadline.
    private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let remaining = ContinuousClock.now.duration(to: deadline)
        guard remaining > .zero else { return 0 }
        return Int32(clamping: Int64((remaining / .milliseconds(1)).rounded(.up)))
    }
}
