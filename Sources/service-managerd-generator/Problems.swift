import Glibc

/// Reports problems in the kernel's log, because the journal may not run yet, or on the standard error.
struct Problems {
    private let toKernelLog: Bool

    init(toKernelLog: Bool) {
        self.toKernelLog = toKernelLog
    }

    func report(_ text: String) {
        // 28 is the facility daemon (3) with the priority warning (4).
        if toKernelLog, (try? Files.append("<28>service-managerd-generator: \(text)\n", to: "/dev/kmsg")) != nil {
            return
        }
        try? Files.append("service-managerd-generator: \(text)\n", to: 2)
    }
}
