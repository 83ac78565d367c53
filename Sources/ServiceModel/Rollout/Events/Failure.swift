/// Why something failed: a sentence for people, and whether trying again can help.
package struct Failure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What was found, what was expected, what to do next.
    package var message: String
    /// True when the same attempt may succeed later without any change by a person.
    package var isTransient: Bool
    /// True when the program that was asked doesn't answer, such as Docker while it restarts.
    ///
    /// It says nothing about the request.
    package var isOutage: Bool

    package init(_ message: String, isTransient: Bool = false, isOutage: Bool = false) {
        self.message = message
        self.isTransient = isTransient || isOutage
        self.isOutage = isOutage
    }

    package var description: String { message }
}
