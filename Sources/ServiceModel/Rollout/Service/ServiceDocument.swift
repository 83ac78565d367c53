/// What is known of a service's document, besides the revisions that it has had.
package struct ServiceDocument: Equatable, Sendable {
    /// Which sources are asked for it, and what they answered; nil when one has it.
    package internal(set) var asked: String?
    /// The newest revision, when it isn't a valid definition.
    package internal(set) var rejection: Rejection?
    /// True while it is waited for.
    var isAwaited = false
    /// True when it has been waited for too long.
    package internal(set) var isOverdue = false
    /// True once a source has spoken of a document since this value was made, or rebuilt from its record.
    var hasBeenDefined = false
    /// True from its deletion until that is acted on.
    package internal(set) var isWithdrawing = false

    package init() {}

    /// A revision that isn't a valid definition.
    package struct Rejection: Equatable, Sendable, Codable {
        package var revision: Revision
        package var reasons: [String]
    }
}
