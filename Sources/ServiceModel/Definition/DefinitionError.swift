/// An error in a document.
package struct DefinitionError: Error, Hashable, Sendable {
    /// Where in the document: `environment.THING`, `health_check.status[0]`; empty for the document as a whole.
    package var path: String

    /// What was expected; nil when `found` is a whole sentence.
    package var expected: String?

    /// What was found, shortened, and never a secret.
    package var found: String

    /// What to do next; nil when that is obvious.
    package var nextStep: String?

    /// The position in the text; nil when the error has none.
    package var position: SourcePosition?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - path: Where in the document.
    ///   - expected: What was expected.
    ///   - found: What was found.
    ///   - nextStep: What to do next.
    ///   - position: The position in the text.
    package init(
        path: String,
        expected: String?,
        found: String,
        nextStep: String? = nil,
        position: SourcePosition? = nil
    ) {
        self.path = path
        self.expected = expected
        self.found = found
        self.nextStep = nextStep
        self.position = position
    }

    /// Always false: the same document fails again.
    package var isTransient: Bool { false }
}

extension DefinitionError: CustomStringConvertible {
    /// One line: `port: expected a number from 1 to 65535, found "80x"`, and what to do next unless that is obvious.
    package var description: String {
        let finding = expected.map { "expected \($0), found \(found)" } ?? found
        let step = nextStep.map { " — \($0)" } ?? ""
        return path.isEmpty ? finding + step : "\(path): \(finding)\(step)"
    }
}
