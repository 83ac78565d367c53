import CSystemd
import Dispatch
import Glibc
import Synchronization

/// Writes log entries in order, on a thread of its own.
///
/// A journald that hangs, or a pipe that isn't read, blocks only that thread. Entries wait up to a limit. Beyond it they are
/// lost, and the log says how many.
package final class LogWriter: Sendable {
    /// One entry.
    package enum Entry: Sendable, Equatable {
        /// For the journal: fields as `NAME=value`.
        case fields([String])
        /// For the standard error.
        case line(String)

        fileprivate var size: Int {
            switch self {
            case .fields(let fields): fields.reduce(0) { $0 + $1.utf8.count }
            case .line(let line): line.utf8.count
            }
        }
    }

    /// The writer of the process.
    ///
    /// Entries that wait when the process exits are written within a second, or lost.
    package static let shared: LogWriter = {
        atexit { LogWriter.shared.flush(within: .seconds(1)) }
        return LogWriter()
    }()

    private struct State {
        var waiting: [Entry] = []
        var size = 0
        var lost = 0
        var isWriting = false
    }

    private let descriptor: CInt
    private let limit: Int
    private let queue = DispatchQueue(label: "log")
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: The descriptor for lines, which the caller keeps.
    ///   - limit: How many bytes may wait.
    package init(descriptor: CInt = STDERR_FILENO, limit: Int = 4 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Adds an entry, and returns at once.
    package func write(_ entry: Entry) {
        let size = entry.size
        let begins = state.withLock { state in
            guard state.size + size <= limit else {
                state.lost += 1
                return false
            }
            state.waiting.append(entry)
            state.size += size
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { self.drain() } }
    }

    /// Waits until everything is written, or until a time limit.
    ///
    /// - Parameter limit: The time limit. The call blocks its thread.
    package func flush(within limit: Duration) {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        _ = written.wait(timeout: .now() + .milliseconds(Int(limit / .milliseconds(1))))
    }

    private func drain() {
        while true {
            let (entries, lost) = state.withLock { state in
                let taken = (state.waiting, state.lost)
                state.waiting = []
                state.lost = 0
                state.isWriting = !taken.0.isEmpty || taken.1 > 0
                return taken
            }
            if entries.isEmpty, lost == 0 { return }
            for entry in entries {
                put(entry)
                state.withLock { $0.size -= entry.size }
            }
            if lost > 0 { put(Self.notice(of: lost, like: entries.last)) }
        }
    }

    private static func notice(of lost: Int, like entry: Entry?) -> Entry {
        let text =
            "\(lost) messages of service-managerd are missing here, because the journal didn't accept any for a time"
        switch entry {
        case .line: return .line("warning: " + text)
        case .fields, nil: return .fields(["MESSAGE=" + text, "PRIORITY=4"])
        }
    }

    private func put(_ entry: Entry) {
        switch entry {
        case .fields(let fields): Self.send(fields)
        case .line(let line): print(line)
        }
    }

    private static func send(_ fields: [String]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in fields {
            bytes += field.utf8
            ends.append(bytes.count)
        }
        bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: buffer.baseAddress?.advanced(by: start), iov_len: end - start)
            }
            sd_journal_sendv(vectors, CInt(vectors.count))
        }
    }

    /// One write per line, so that lines of several processes don't mix.
    private func print(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
