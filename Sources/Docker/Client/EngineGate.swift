/// Whether the engine is to be talked to.
///
/// systemd listens on the socket of an engine that was stopped, and a connect alone starts it again.
package protocol EngineGate: Sendable {
    /// False while the engine is stopped.
    var isOpen: Bool { get }

    /// Looks whether it has changed, without waiting to be told.
    func refresh() async

    /// Whether it is open: now, and whenever that changes, until the reader ends.
    ///
    /// A reader that is slow gets the latest.
    func changes() -> AsyncStream<Bool>
}

extension EngineGate {
    /// Returns as soon as it is open, or the task is cancelled.
    ///
    /// - Parameter isCertain: Whether to look first. A caller that lost the engine just now may know of its stop before the gate does.
    package func untilOpen(isCertain: Bool = false) async {
        if isCertain { await refresh() }
        if isOpen { return }
        for await isOpen in changes() where isOpen { return }
    }
}

/// For engines that no one starts by connecting to them.
package struct OpenGate: EngineGate {
    package init() {}

    package var isOpen: Bool { true }

    package func refresh() async {}

    package func changes() -> AsyncStream<Bool> {
        AsyncStream { continuation in continuation.yield(true) }
    }
}
