/// One thing in a document that doesn't fit.
package struct DefinitionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the document: `environment.THING`, `health_check.status`; empty for the document as a whole.
    package var path: String
    /// What would fit.
    package var expected: String
    /// What is there, shortened.
    package var found: String

    package init(path: String, expected: String, found: String) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    package var description: String {
        path.isEmpty ? "expected \(expected), found \(found)" : "\(path): expected \(expected), found \(found)"
    }
}

/// Something in a document that is probably not meant, and doesn't keep it from being used.
package struct DefinitionWarning: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    package var message: String

    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
