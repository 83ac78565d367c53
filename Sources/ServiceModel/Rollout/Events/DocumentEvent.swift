/// What became of a service's document.
package enum DocumentEvent: Equatable, Sendable {
    /// A document was read and is valid.
    case defined(Revision, ServiceDefinition)
    /// A document was read and isn't a valid definition; the texts say why.
    case rejected(Revision, [String])
    /// The document was deleted, and that was confirmed.
    case withdrawn
    /// Which sources are asked for the document, and what they answered; nil when one has it.
    case sourcesAsked(String?)
}
