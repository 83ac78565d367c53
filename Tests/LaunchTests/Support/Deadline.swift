import Glibc
import Synchronization

/// What a test waits for didn't come in time, or a call failed.
struct WaitError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(call: String) {
        self.description = "\(call): \(String(cString: strerror(errno)))"
    }
}

/// A point in time up to which a test waits.
struct Deadline {
    /// Generous: it only bounds how long a broken program holds up the tests.
    static var usual: Deadline { Deadline(after: .seconds(120)) }

    private let end: ContinuousClock.Instant

    init(after duration: Duration) {
        end = ContinuousClock.now + duration
    }

    /// Waits until the descriptor is readable or at its end.
    func waitForInput(_ descriptor: CInt, _ what: String) throws {
        let remaining = ContinuousClock.now.duration(to: end)
        let milliseconds = max(
            0,
            remaining.components.seconds * 1000 + remaining.components.attoseconds / 1_000_000_000_000_000
        )
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, CInt(milliseconds)) > 0 else { throw WaitError("\(what) didn't come in time") }
    }
}

private let descriptorLock = Mutex(())

/// Makes descriptors close-on-exec before another test starts a process, which would keep them open; and closes them while
/// none is being started.
func creatingDescriptors<Result>(_ body: () throws -> Result) rethrows -> Result {
    // accept4(2) and pipe2(2) would need no lock, but the Glibc module leaves GNU's extensions out.
    try descriptorLock.withLock { _ in try body() }
}
