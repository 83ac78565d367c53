import CSystemd
import Dispatch
import Glibc

/// A connection to the message bus (sd-bus(3)).
///
/// It isn't thread-safe, and belongs to one actor.
final class BusConnection {
    /// The time limit of a call, in microseconds.
    ///
    /// systemd doesn't answer while it reloads its units, which takes seconds on a large host.
    private static let callTimeout: UInt64 = 90_000_000

    private let bus: OpaquePointer
    private let source: any DispatchSourceRead

    /// Connects to the system bus, or to the bus at `address` (the syntax of DBUS_SYSTEM_BUS_ADDRESS).
    ///
    /// - Parameters:
    ///   - address: The bus, nil for the system bus.
    ///   - queue: The queue that `handler` is called on.
    ///   - handler: Called when something has arrived; it must call `processNext`.
    /// - Throws: `SystemdError.busUnavailable`.
    init(address: String?, queue: DispatchQueue, handler: @escaping @Sendable () -> Void) throws(SystemdError) {
        var opened: OpaquePointer?
        let operation = "connect to the system bus"
        func check(_ result: CInt) throws(SystemdError) {
            if result >= 0 { return }
            sd_bus_close_unref(opened)
            throw .busUnavailable(operation: operation, errno: -result)
        }
        if let address {
            try check(sd_bus_new(&opened))
            try check(sd_bus_set_address(opened, address))
            try check(sd_bus_set_bus_client(opened, 1))
            try check(sd_bus_start(opened))
        } else {
            try check(sd_bus_open_system(&opened))
        }
        // Waits until the bus has accepted the connection.
        var name: UnsafePointer<CChar>?
        try check(sd_bus_get_unique_name(opened, &name))
        guard let opened else { throw .busUnavailable(operation: operation, errno: ENOTCONN) }
        bus = opened
        source = DispatchSource.makeReadSource(fileDescriptor: sd_bus_get_fd(opened), queue: queue)
        source.setEventHandler(handler: handler)
        // The descriptor is closed only when the source has released it.
        nonisolated(unsafe) let closing = opened
        source.setCancelHandler { sd_bus_flush_close_unref(closing) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Calls a method and waits for the answer.
    ///
    /// - Parameters:
    ///   - destination: The bus name of the service that is called.
    ///   - path: The object's path.
    ///   - interface: The method's interface.
    ///   - member: The method.
    ///   - operation: The operation's name, for errors.
    ///   - arguments: Appends the arguments to the message.
    /// - Returns: The answer.
    /// - Throws: `SystemdError`.
    func call(
        _ destination: String,
        _ path: String,
        _ interface: String,
        _ member: String,
        operation: String,
        arguments: (borrowing BusMessage) throws(BusFormatError) -> Void = { _ in }
    ) throws(SystemdError) -> BusMessage {
        var request: OpaquePointer?
        let created = sd_bus_message_new_method_call(bus, &request, destination, path, interface, member)
        guard created >= 0, let request else { throw Self.error(operation, created) }
        let message = BusMessage(owning: request)
        do {
            try arguments(message)
        } catch {
            throw .malformed(operation: operation)
        }
        var failure = sd_bus_error()
        defer { sd_bus_error_free(&failure) }
        var reply: OpaquePointer?
        let result = sd_bus_call(bus, message.pointer, Self.callTimeout, &failure, &reply)
        guard result >= 0, let reply else { throw Self.error(operation, result, failure) }
        return BusMessage(owning: reply)
    }

    /// Requests messages that match from the bus.
    func addMatch(_ rule: String) throws(SystemdError) { try changeMatch("AddMatch", rule) }

    func removeMatch(_ rule: String) throws(SystemdError) { try changeMatch("RemoveMatch", rule) }

    private func changeMatch(_ member: String, _ rule: String) throws(SystemdError) {
        let bus = "org.freedesktop.DBus"
        _ = try call(bus, "/org/freedesktop/DBus", bus, member, operation: member) { message throws(BusFormatError) in
            try message.append(rule)
        }
    }

    /// Takes the next message that has arrived.
    ///
    /// - Returns: Whether to call again.
    /// - Throws: `SystemdError` when the connection has ended.
    func processNext(_ handle: (borrowing BusMessage) -> Void) throws(SystemdError) -> Bool {
        var received: OpaquePointer?
        let result = sd_bus_process(bus, &received)
        guard result >= 0 else { throw .busUnavailable(operation: "read from the system bus", errno: -result) }
        if let received { handle(BusMessage(owning: received)) }
        return result > 0
    }

    private static func error(
        _ operation: String,
        _ result: CInt,
        _ failure: sd_bus_error = sd_bus_error()
    ) -> SystemdError {
        guard let name = failure.name else { return .busUnavailable(operation: operation, errno: -result) }
        let message = failure.message.map { String(cString: $0) } ?? ""
        let text = String(cString: name)
        // sd-bus creates these errors itself when the connection ends during a call.
        if text.hasPrefix("System.Error.") || -result == ECONNRESET || -result == ENOTCONN {
            return .busUnavailable(operation: operation, errno: -result)
        }
        return .refused(operation: operation, name: text, message: message)
    }
}
