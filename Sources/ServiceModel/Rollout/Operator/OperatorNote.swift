/// Who made a request by hand, and why.
package struct OperatorNote: Equatable, Sendable, Codable {
    /// The person's name on this host.
    package var by: String
    /// The reason in the person's words; nil when none was given.
    package var reason: String?

    package init(by: String, reason: String? = nil) {
        self.by = by
        self.reason = reason
    }
}
