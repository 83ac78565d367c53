/// Who asked for something by hand, and why.
package struct OperatorNote: Equatable, Sendable, Codable {
    /// The person's name on this host.
    package var by: String
    /// In their words; nil when they gave none.
    package var reason: String?

    package init(by: String, reason: String? = nil) {
        self.by = by
        self.reason = reason
    }
}
