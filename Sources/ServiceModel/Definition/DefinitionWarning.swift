/// A probable mistake in a document, which can be used all the same.
package struct DefinitionWarning: Hashable, Sendable {
    /// Where in the document; empty for the document as a whole.
    package var path: String

    /// What is odd, and what may be meant.
    package var message: String

    /// The position in the text; nil when the finding has none.
    package var position: SourcePosition?

    /// Makes a warning.
    ///
    /// - Parameters:
    ///   - path: Where in the document.
    ///   - message: What is odd, and what may be meant.
    ///   - position: The position in the text.
    package init(path: String, message: String, position: SourcePosition? = nil) {
        self.path = path
        self.message = message
        self.position = position
    }
}

extension DefinitionWarning: CustomStringConvertible {
    /// One line: the path and the message.
    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
