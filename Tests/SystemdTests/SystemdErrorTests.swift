import Systemd
import Testing

@Suite struct SystemdErrorTests {
    @Test(arguments: [
        (SystemdError.busUnavailable(operation: "StartUnit a.service", errno: 2), true),
        (.jobLost(operation: "StartUnit a.service"), true),
        (.refused(operation: "x", name: "org.freedesktop.DBus.Error.NoReply", message: ""), true),
        (.refused(operation: "x", name: "org.freedesktop.systemd1.ShuttingDown", message: ""), true),
        (.refused(operation: "x", name: "org.freedesktop.systemd1.NoSuchUnit", message: ""), false),
        (.refused(operation: "x", name: "org.freedesktop.DBus.Error.AccessDenied", message: ""), false),
        (.malformed(operation: "x"), false), (.cancelled(operation: "x"), false),
        (.notification(operation: "x", errno: 1), false),
    ])
    func `tells what passes by itself`(error: SystemdError, isTransient: Bool) {
        #expect(error.isTransient == isTransient)
    }

    @Test func `says what was tried, why it failed, and what to do`() {
        let masked = SystemdError.refused(
            operation: "StartUnit a.service",
            name: "org.freedesktop.systemd1.UnitMasked",
            message: "Unit a.service is masked."
        )
        #expect("\(masked)" == "StartUnit a.service: Unit a.service is masked. Run systemctl unmask to unmask it")
        #expect(
            "\(SystemdError.busUnavailable(operation: "Reload", errno: 2))"
                == "Reload: the system bus doesn't answer (No such file or directory); it is tried again. "
                + "See: systemctl status dbus"
        )
    }

    @Test func `can't reach a bus that isn't there`() async {
        let bus = SystemBus(address: "unix:path=/nonexistent/bus")
        await #expect(throws: SystemdError.busUnavailable(operation: "connect to the system bus", errno: 2)) {
            try await bus.startUnit("a.service")
        }
    }
}
