package import ServiceModel

/// What `GET /v1/doctor` answers: everything that services depend on, as it was found just now.
package struct DoctorDocument: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "smctl.doctor/1"

    package var schema: String
    /// When it was looked; RFC 3339.
    package var at: String
    package var checks: [HostCheck]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - at: When it was looked; RFC 3339.
    ///   - checks: What was found.
    package init(at: String, checks: [HostCheck]) {
        schema = Self.schema
        self.at = at
        self.checks = checks
    }
}
