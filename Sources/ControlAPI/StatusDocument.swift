package import ServiceModel

/// What `GET /v1/status` answers: the daemon, and every service by name.
package struct StatusDocument: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "smctl.status/1"

    package var schema: String
    /// When it was put together; RFC 3339.
    package var at: String
    package var daemon: DaemonStatus
    package var services: [ServiceStatus]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - at: When it was put together; RFC 3339.
    ///   - daemon: The daemon and what it depends on.
    ///   - services: All services, by name.
    package init(at: String, daemon: DaemonStatus, services: [ServiceStatus]) {
        schema = Self.schema
        self.at = at
        self.daemon = daemon
        self.services = services
    }
}
