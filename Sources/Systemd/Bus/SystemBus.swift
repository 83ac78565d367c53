import BlockingCalls
import CSystemd
import Dispatch

/// systemd's manager, over the system bus (org.freedesktop.systemd1(5); systemd 247 or later).
///
/// The first call connects. When the connection breaks, awaited jobs fail with `SystemdError.jobLost`, other calls fail with a
/// transient error, and the next call connects again. While a unit has a listener, that happens by itself after 0.2 s to 5 s.
package actor SystemBus {
    static let manager = "org.freedesktop.systemd1.Manager"
    private static let service = "org.freedesktop.systemd1"
    private static let managerPath = "/org/freedesktop/systemd1"

    private let executor = QueueExecutor(label: "system bus")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let address: String?
    private var connection: BusConnection?
    private var needsSubscription = false
    private var isReconnecting = false
    private var reconnectDelay = Duration.milliseconds(200)
    /// Awaited jobs by their object paths.
    var jobs: [String: [JobWaiter]] = [:]
    /// The listeners to units.
    var listeners: [Int: UnitListener] = [:]
    var nextID = 0

    /// Makes a client that isn't connected yet.
    ///
    /// - Parameter address: The bus in the syntax of DBUS_SYSTEM_BUS_ADDRESS; nil for the system bus.
    package init(address: String? = nil) {
        self.address = address
    }

    /// Calls a method of systemd, or of another service.
    func call(
        _ interface: String,
        _ member: String,
        path: String? = nil,
        of service: String = SystemBus.service,
        operation: String,
        arguments: (borrowing BusMessage) throws(BusFormatError) -> Void = { _ in }
    ) throws(SystemdError) -> BusMessage {
        let connection = try connected()
        do {
            return try connection.call(
                service,
                path ?? Self.managerPath,
                interface,
                member,
                operation: operation,
                arguments: arguments
            )
        } catch {
            if case .busUnavailable = error { disconnect() }
            throw error
        }
    }

    /// Handles messages that arrived during calls, because these don't make the descriptor readable again.
    func processLater() { enter { $0.process() } }

    /// Schedules work on the actor.
    nonisolated func enter(_ body: @escaping @Sendable (isolated SystemBus) -> Void) {
        executor.queue.async { [weak self] in self?.assumeIsolated(body) }
    }

    private func connected() throws(SystemdError) -> BusConnection {
        if let connection { return connection }
        let made = try BusConnection(address: address, queue: executor.queue) { [weak self] in
            self?.assumeIsolated { $0.process() }
        }
        for rule in [
            "type='signal',sender='\(Self.service)',interface='\(Self.manager)',member='JobRemoved'",
            "type='signal',sender='\(Self.service)',interface='\(Self.manager)',member='Reloading'",
            """
            type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',\
            arg0='\(Self.service)'
            """,
        ] { try made.addMatch(rule) }
        try subscribe(made)
        connection = made
        reconnectDelay = .milliseconds(200)
        return made
    }

    /// Requests the signals of a unit that has a listener from now on.
    func addMatch(_ rule: String) throws(SystemdError) { try connected().addMatch(rule) }

    /// Cancels that request.
    func removeMatch(_ rule: String) { try? connection?.removeMatch(rule) }

    /// Handles what has arrived.
    private func process() {
        guard let connection else { return refreshListeners() }
        do {
            while try connection.processNext({ handle($0) }) {}
            if needsSubscription { try subscribe(connection) }
        } catch {
            disconnect()
        }
        refreshListeners()
    }

    /// Subscribes to systemd's signals, which it doesn't send otherwise.
    private func subscribe(_ connection: BusConnection) throws(SystemdError) {
        do {
            _ = try connection.call(Self.service, Self.managerPath, Self.manager, "Subscribe", operation: "Subscribe")
        } catch .refused(_, "org.freedesktop.systemd1.AlreadySubscribed", _) {
            // systemd keeps the subscription over its re-execution.
        }
        needsSubscription = false
    }

    private func handle(_ message: borrowing BusMessage) {
        let pointer = message.pointer
        if sd_bus_message_is_signal(pointer, Self.manager, "JobRemoved") > 0 {
            guard (try? message.skip("u")) != nil, let path = try? message.string("o"), (try? message.skip("s")) != nil,
                let result = try? message.string()
            else { return }
            for waiter in jobs.removeValue(forKey: path) ?? [] { waiter.outcome.yield(JobResult(result)) }
        } else if sd_bus_message_is_signal(pointer, Self.manager, "Reloading") > 0 {
            markListeners { _ in true }
        } else if sd_bus_message_is_signal(pointer, "org.freedesktop.DBus", "NameOwnerChanged") > 0 {
            // systemd was re-executed, and signals in between were missed.
            needsSubscription = true
            loseJobs()
            markListeners { _ in true }
        } else if sd_bus_message_is_signal(pointer, "org.freedesktop.DBus.Properties", "PropertiesChanged") > 0 {
            guard let path = sd_bus_message_get_path(pointer).map({ String(cString: $0) }) else { return }
            markListeners { $0.path == path }
        }
    }

    /// Connects again after a delay, for the listeners.
    func reconnectLater() {
        guard !isReconnecting, !listeners.isEmpty else { return }
        isReconnecting = true
        let delay = reconnectDelay
        reconnectDelay = min(delay * 2, .seconds(5))
        let milliseconds = Int(delay / .milliseconds(1))
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            self?.assumeIsolated {
                $0.isReconnecting = false
                $0.refreshListeners()
            }
        }
    }

    private func disconnect() {
        connection = nil
        loseJobs()
        forgetPaths()
        reconnectLater()
    }

    private func loseJobs() {
        for waiter in jobs.values.joined() { waiter.outcome.finish() }
        jobs = [:]
    }
}
