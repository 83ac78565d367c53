package import ServiceModel

/// What `GET /v1/services/NAME/history` answers: what became of a service's revisions.
package struct HistoryDocument: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "smctl.history/1"

    package var schema: String
    package var service: String
    /// The newest first.
    package var entries: [ServiceHistory.Entry]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - history: What is remembered of it.
    package init(service: String, history: ServiceHistory) {
        schema = Self.schema
        self.service = service
        entries = history.entries.reversed()
    }
}
