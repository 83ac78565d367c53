/// What was found in a document.
package struct DefinitionReport: Hashable, Sendable {
    /// The definition; nil when there is any error.
    package var definition: ServiceDefinition?

    /// Everything that doesn't fit, in the order of the text (at most `maximumFindings`).
    package var errors: [DefinitionError]

    /// Everything that is probably not meant, in the order of the text (at most `maximumFindings`).
    package var warnings: [DefinitionWarning]

    /// How many errors, and how many warnings, a report has at most: no one reads more.
    package static let maximumFindings = 100

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - definition: The definition; nil when there is any error.
    ///   - errors: What doesn't fit.
    ///   - warnings: What is probably not meant.
    package init(definition: ServiceDefinition?, errors: [DefinitionError], warnings: [DefinitionWarning]) {
        self.definition = definition
        self.errors = errors
        self.warnings = warnings
    }
}
