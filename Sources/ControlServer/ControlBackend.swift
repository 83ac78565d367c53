package import ControlAPI
package import ServiceModel

/// Reads lines, and passes each one on.
package typealias LogReader =
    @Sendable (_ handle: @escaping @Sendable (String) async throws -> Void) async throws -> Void

/// What the control socket shows, and requests from the daemon.
package protocol ControlBackend: Sendable {
    /// The present status of everything.
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

    /// Checks everything that services depend on.
    ///
    /// - Parameter isPreflight: Whether to check what any service needs, whatever services there are.
    /// - Returns: What was found.
    func doctor(isPreflight: Bool) async -> DoctorDocument

    /// A stream with an element for each change; it may have one at the start.
    func changes() -> AsyncStream<Void>

    /// Carries out a person's request to a service.
    ///
    /// - Parameters:
    ///   - verb: The kind of request.
    ///   - service: The service's name, which is known.
    ///   - request: The details.
    ///   - peer: The user who asks.
    /// - Returns: What follows, or why the request makes no sense now, and what to do instead.
    func perform(
        _ verb: OperatorVerb,
        on service: String,
        _ request: OperatorRequest,
        by peer: PeerCredentials
    ) async -> Result<String, ControlRefusal>

    /// The lines of a service's containers, oldest first.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - revision: The revision whose lines are wanted, or the beginning of it; nil lets the backend choose.
    ///   - tail: The number of past lines; 0 or more.
    ///   - follow: Whether to continue with new lines.
    /// - Returns: Reads the lines until there are no more or its task is cancelled; or why there is no container to read from.
    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> Result<LogReader, ControlRefusal>
}
