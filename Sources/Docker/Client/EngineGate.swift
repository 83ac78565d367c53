/// Whether connections to the engine are allowed.
///
/// systemd listens on the socket of a stopped engine, and a connection alone starts it again.
package protocol EngineGate: Sendable {
    /// False while the engine is stopped.
    var isOpen: Bool { get }

    /// Checks for a change, without waiting for a notification.
    func refresh() async

    /// Whether the gate is open: now, and at each change, until the reader ends.
    ///
    /// A slow reader gets the latest value.
    func changes() -> AsyncStream<Bool>
}

extension EngineGate {
    /// Returns as soon as the gate is open, or the task is cancelled.
    ///
    /// - Parameter isCertain: Whether to check for a change first. A caller that has just lost the engine may notice its stop
    ///   before the gate does.
    package func untilOpen(isCertain: Bool = false) async {
        if isCertain { await refresh() }
        if isOpen { return }
        for await isOpen in changes() where isOpen { return }
    }
}

/// A gate for engines that aren't started by a connection.
package struct OpenGate: EngineGate {
    package init() {}

    package var isOpen: Bool { true }

    package func refresh() async {}

    package func changes() -> AsyncStream<Bool> {
        AsyncStream { continuation in continuation.yield(true) }
    }
}
