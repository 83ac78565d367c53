/// Why something failed: a sentence for people, and whether trying again can help.
package struct Failure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What was found, what was expected, what to do next.
    package var message: String
    /// True when the same thing may succeed later without anybody changing anything.
    package var isTransient: Bool
    /// True when whatever was to do it is away, as Docker is while it restarts: that says nothing of what was asked.
    package var isOutage: Bool

    package init(_ message: String, isTransient: Bool = false, isOutage: Bool = false) {
        self.message = message
        self.isTransient = isTransient || isOutage
        self.isOutage = isOutage
    }

    package var description: String { message }
}
