import CSystemd
import Dispatch
import Glibc

/// A process of this host, which stays the same even if its id is reused (pidfd_open(2), Linux 5.3).
///
/// The kernel reports its end within a fraction of a millisecond, and no permission for the process is needed.
package struct ProcessDescriptor: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens a process; nil when there is none with this id, or the kernel doesn't support it.
    ///
    /// - Parameter processID: Its id in this process's namespace.
    package init?(_ processID: Int32) {
        descriptor = csystemd_pidfd_open(processID, 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Sends it a signal (pidfd_send_signal(2)).
    ///
    /// - Parameter signal: The signal, such as `SIGKILL`.
    /// - Returns: 0, or the kernel's error number: `ESRCH` when the process has ended, `EPERM` without permission.
    package func send(_ signal: Int32) -> Int32 {
        csystemd_pidfd_send_signal(descriptor, signal, nil, 0) == 0 ? 0 : errno
    }

    /// Returns once the process has ended, or the task is cancelled.
    package func waitForEnd() async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        // The source may outlive this call for a moment, so it has its own descriptor.
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
