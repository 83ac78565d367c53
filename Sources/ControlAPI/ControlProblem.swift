/// The body of every answer that isn't what was asked for.
package struct ControlProblem: Codable, Hashable, Sendable {
    /// What is wrong, in a sentence.
    package var error: String
    /// What to do about it.
    package var next: String?

    /// Makes a problem.
    ///
    /// - Parameters:
    ///   - error: What is wrong, in a sentence.
    ///   - next: What to do about it.
    package init(error: String, next: String? = nil) {
        self.error = error
        self.next = next
    }
}
