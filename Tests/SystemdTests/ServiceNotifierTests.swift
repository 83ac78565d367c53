import Glibc
import Systemd
import Testing

/// Receives what a process would tell systemd, in that process.
private struct Notifications {
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)

    init() {
        let path = "/tmp/notify-\(getpid())"
        unlink(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        setenv("NOTIFY_SOCKET", path, 1)
    }

    func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}

@Suite struct ServiceNotifierTests {
    @Test func `tells systemd`() async {
        await #expect(processExitsWith: .success) {
            let notifications = Notifications()
            let notifier = ServiceNotifier()
            notifier.ready()
            precondition(notifications.next() == "READY=1")
            notifier.status("3 services\r\nup")
            precondition(notifications.next() == "STATUS=3 services up")
            notifier.watchdog()
            precondition(notifications.next() == "WATCHDOG=1")
            notifier.reloading()
            precondition(notifications.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            notifier.stopping()
            precondition(notifications.next() == "STOPPING=1")
            let isStored = try DescriptorStore().store(0, name: "control")
            precondition(isStored)
            precondition(notifications.next() == "FDSTORE=1\nFDNAME=control\nFDPOLL=0")
            try DescriptorStore().remove(name: "control")
            precondition(notifications.next() == "FDSTOREREMOVE=1\nFDNAME=control")
            setenv("WATCHDOG_USEC", "30000000", 1)
            precondition(notifier.watchdogInterval() == .seconds(30))
            setenv("WATCHDOG_PID", "1", 1)
            precondition(notifier.watchdogInterval() == nil)
        }
    }

    @Test func `does nothing without systemd`() async {
        await #expect(processExitsWith: .success) {
            for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID"] { unsetenv(name) }
            ServiceNotifier().ready()
            precondition(ServiceNotifier().watchdogInterval() == nil)
            let isStored = try DescriptorStore().store(0, name: "control")
            precondition(!isStored)
            let received = try DescriptorStore().receivedDescriptors()
            precondition(received.isEmpty)
        }
    }
}
