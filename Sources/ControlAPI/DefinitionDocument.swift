/// What `GET /v1/services/NAME/definition` answers: a document as it was accepted.
package struct DefinitionDocument: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "smctl.definition/1"

    package var schema: String
    package var service: String
    package var revision: String
    /// The document's text, as it came from its source.
    package var document: String

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - revision: Which revision's definition it is.
    ///   - document: Its text.
    package init(service: String, revision: String, document: String) {
        schema = Self.schema
        self.service = service
        self.revision = revision
        self.document = document
    }
}
