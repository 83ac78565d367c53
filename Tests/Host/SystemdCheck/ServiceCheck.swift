import Glibc
import Logging
import Systemd

/// A service of Type=notify that keeps a socket over its restart and writes to the journal.
struct ServiceCheck {
    func run() async throws {
        let logger = Logger(label: "check") { JournalLogHandler(label: $0) }
        let store = DescriptorStore()
        let received = try store.receivedDescriptors()
        if let kept = received["control"] {
            var status = stat()
            try expect("it is a socket", fstat(kept, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK, true)
            try expect("it is close-on-exec", fcntl(kept, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC)
            logger.notice("found the socket again", metadata: ["service.id": "shop", "count": "\(received.count)"])
        } else {
            let made = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            try expect("stored", try store.store(made, name: "control"), true)
            logger.notice("made the socket", metadata: ["message.id": "0123456789abcdef0123456789abcdef"])
        }
        logger.error("two\nlines", error: SystemdError.jobLost(operation: "x"))
        let notifier = ServiceNotifier()
        notifier.status("serving\nwell")
        notifier.ready()
        try expect("watchdog", notifier.watchdogInterval(), .seconds(20))
        while true {
            notifier.watchdog()
            try await Task.sleep(for: .seconds(5))
        }
    }
}
