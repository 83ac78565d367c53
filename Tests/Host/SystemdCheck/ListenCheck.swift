import Glibc
import Systemd

/// A unit that is listened to, while it changes, and while systemd and the bus restart.
struct ListenCheck {
    private static let unit = "check-ok@heard.service"

    /// What is done once the unit has the state, in this order.
    private static let restarts = "for i in 1 2 3 4 5 6 7 8; do systemctl stop \(unit); systemctl start \(unit); done"
    private static let steps = [
        ("inactive", "systemctl start \(unit)"),
        ("active", "systemctl stop \(unit)"),
        ("inactive", "systemctl daemon-reexec; systemctl start \(unit)"),
        // As root, systemctl talks to systemd without the bus.
        ("active", "systemctl kill --signal=KILL dbus.service; systemctl stop \(unit)"),
        ("inactive", "systemctl start \(unit)"),
        // Whatever comes while a state is being read, the last state is heard of.
        ("active", "\(restarts); systemctl stop \(unit)"),
        ("inactive", "systemctl start \(unit)"),
        ("active", "true"),
    ]

    func run() async throws {
        let bus = SystemBus()
        var step = 0
        for await state in await bus.listenToUnit(Self.unit) where state.activeState == Self.steps[step].0 {
            report("ok: heard that it is \(state.activeState)")
            command("sh", "-c", Self.steps[step].1)
            step += 1
            if step == Self.steps.count { break }
        }
        try expect("all steps", step, Self.steps.count)
        let silence = await bus.listenToUnit("docker.service")
        // What was said of the unit before is still on its way, and the first state is read.
        sleep(2)
        let processorTime = clock()
        sleep(3)
        try expect("it waits without work", (clock() - processorTime) * 100 < CLOCKS_PER_SEC, true)
        withExtendedLifetime(silence) { report("resident: \(Self.memory) KiB") }
    }

    private static var memory: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        fgets(&text, 128, file)
        let fields = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " "
        )
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4
    }
}
