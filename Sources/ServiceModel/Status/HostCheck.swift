/// One thing of this host that services depend on, and how it was found.
package struct HostCheck: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable {
        case ok
        /// Some clients don't get through, or only at times; or something is not as it was asked for.
        case warning
        /// It doesn't work.
        case broken
    }

    /// What was looked at: `docker`, `kernel settings`, `service web`.
    package var subject: String
    package var state: State
    package var found: String
    /// Nil where all is well.
    package var expected: String?
    /// What to do about it, where something is to be done.
    package var next: String?

    package init(_ subject: String, _ state: State, _ found: String, expected: String? = nil, next: String? = nil) {
        self.subject = subject
        self.state = state
        self.found = found
        self.expected = expected
        self.next = next
    }
}
