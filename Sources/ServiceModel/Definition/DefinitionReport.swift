/// What was found in a document.
package struct DefinitionReport: Hashable, Sendable {
    /// The definition; nil when there is any error.
    package var definition: ServiceDefinition?

    /// The errors, in the order of the text (at most `maximumFindings`).
    package var errors: [DefinitionError]

    /// The warnings, in the order of the text (at most `maximumFindings`).
    package var warnings: [DefinitionWarning]

    /// How many errors, and how many warnings, a report has at most, because more aren't read.
    package static let maximumFindings = 100

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - definition: The definition; nil when there is any error.
    ///   - errors: The errors.
    ///   - warnings: The warnings.
    package init(definition: ServiceDefinition?, errors: [DefinitionError], warnings: [DefinitionWarning]) {
        self.definition = definition
        self.errors = errors
        self.warnings = warnings
    }
}
