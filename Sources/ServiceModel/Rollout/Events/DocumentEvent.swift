/// A change of a service's document.
package enum DocumentEvent: Equatable, Sendable {
    /// A valid document was read.
    case defined(Revision, ServiceDefinition)
    /// An invalid document was read; the texts say why.
    case rejected(Revision, [String])
    /// The document was deleted, and that was confirmed.
    case withdrawn
    /// Which sources were asked for the document, and what they answered; nil when one has it.
    case sourcesAsked(String?)
}
