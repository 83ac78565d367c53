package import ControlAPI

/// What the control socket shows and asks of the daemon.
package protocol ControlBackend: Sendable {
    /// Everything as it is now.
    func statuses() async -> StatusDocument

    /// A stream that has an element whenever something changed; it may have one at the start.
    func changes() -> AsyncStream<Void>

    /// Forgets the failures of a service, so that its newest revision is tried again.
    ///
    /// - Returns: Whether there was a failure to forget.
    func retry(_ service: String) async -> Bool

    /// The lines of a service's containers, oldest first.
    ///
    /// - Parameters:
    ///   - service: Its name.
    ///   - revision: Only that one's; nil for what the backend thinks is wanted most.
    ///   - tail: How many lines of the past; 0 or more.
    ///   - follow: Whether the stream goes on with what comes.
    /// - Returns: Nil when there is nothing to read from.
    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> AsyncStream<String>?
}
