/// One thing in a document that doesn't fit.
package struct DefinitionError: Error, Hashable, Sendable {
    /// Where in the document: `environment.THING`, `health_check.status[0]`; empty for the document as a whole.
    package var path: String

    /// What would fit; nil when the finding says it all.
    package var expected: String?

    /// What is there, shortened, and never a secret.
    package var found: String

    /// What to do about it; nil when that is plain.
    package var nextStep: String?

    /// Where in the text; nil when the problem has no place there.
    package var position: SourcePosition?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - path: Where in the document.
    ///   - expected: What would fit.
    ///   - found: What is there.
    ///   - nextStep: What to do about it.
    ///   - position: Where in the text.
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
    /// One line: `port: expected a number from 1 to 65535, found "80x"`, and what to do where that isn't plain.
    package var description: String {
        let finding = expected.map { "expected \($0), found \(found)" } ?? found
        let step = nextStep.map { " — \($0)" } ?? ""
        return path.isEmpty ? finding + step : "\(path): \(finding)\(step)"
    }
}
