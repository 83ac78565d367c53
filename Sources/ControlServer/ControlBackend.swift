package import ControlAPI
package import ServiceModel

/// Reads lines, and hands over each.
package typealias LogReader =
    @Sendable (_ handle: @escaping @Sendable (String) async throws -> Void) async throws -> Void

/// What the control socket shows and asks of the daemon.
package protocol ControlBackend: Sendable {
    /// Everything as it is now.
    func statuses() async -> StatusDocument

    /// Every host that writes into the status database, or why they can't be shown.
    func hosts() async -> Result<HostsDocument, ControlRefusal>

    /// What became of a service's revisions; the service is known.
    func history(of service: String) async -> ServiceHistory

    /// The definition of a revision, as it was accepted.
    ///
    /// - Parameters:
    ///   - service: Its name, which is known.
    ///   - revision: Which one's, whole or the beginning of it; nil for the one that runs.
    /// - Returns: The definition, or why it isn't there.
    func definition(of service: String, revision: String?) async -> Result<DefinitionDocument, ControlRefusal>

    /// Looks at everything that services depend on.
    ///
    /// - Parameter isPreflight: True to look at what any service needs, whatever services there are.
    /// - Returns: What was found.
    func doctor(isPreflight: Bool) async -> DoctorDocument

    /// A stream that has an element whenever something changed; it may have one at the start.
    func changes() -> AsyncStream<Void>

    /// Asks something of a service.
    ///
    /// - Parameters:
    ///   - verb: What.
    ///   - service: Its name, which is known.
    ///   - request: The particulars.
    ///   - peer: Who asks.
    /// - Returns: What follows, or why it makes no sense now and what to do instead.
    func perform(
        _ verb: OperatorVerb,
        on service: String,
        _ request: OperatorRequest,
        by peer: PeerCredentials
    ) async -> Result<String, ControlRefusal>

    /// The lines of a service's containers, oldest first.
    ///
    /// - Parameters:
    ///   - service: Its name.
    ///   - revision: Only that one's, whole or the beginning of it; nil for what the backend thinks is wanted most.
    ///   - tail: How many lines of the past; 0 or more.
    ///   - follow: Whether it continues with what comes.
    /// - Returns: What reads them, until there are no more or its task is cancelled; or why there is nothing to read from.
    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> Result<LogReader, ControlRefusal>
}
