import CSystemd
import Dispatch
import Glibc

/// A process of this host, however its number is used again (pidfd_open(2), Linux 5.3).
///
/// Its end is told by the kernel itself, within a fraction of a millisecond, and no right over the process is needed.
package struct ProcessDescriptor: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Nil when there is no such process, or the kernel can't tell of it.
    ///
    /// - Parameter processID: Its number in this process's namespace.
    package init?(_ processID: Int32) {
        descriptor = csystemd_pidfd_open(processID, 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Sends it a signal (pidfd_send_signal(2)).
    ///
    /// - Parameter signal: The signal, such as `SIGKILL`.
    /// - Returns: 0, or the kernel's error number: `ESRCH` when the process has ended, `EPERM` without a right over it.
    package func send(_ signal: Int32) -> Int32 {
        csystemd_pidfd_send_signal(descriptor, signal, nil, 0) == 0 ? 0 : errno
    }

    /// Returns once the process has ended, or the task is cancelled.
    package func waitForEnd() async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        // The source may outlive this call by a moment, so it has a descriptor of its own.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: copy, queue: .global())
        source.setEventHandler { end.yield() }
        source.setCancelHandler { close(copy) }
        source.resume()
        for await _ in ends { break }
        source.cancel()
    }
}
