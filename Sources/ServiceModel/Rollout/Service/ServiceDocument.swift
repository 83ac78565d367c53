/// What is known about a service's document, besides its revisions.
package struct ServiceDocument: Equatable, Sendable {
    /// Which sources were asked for it, and what they answered; nil when one has it.
    package internal(set) var asked: String?
    /// The newest revision, when it isn't a valid definition.
    package internal(set) var rejection: Rejection?
    /// True while the service waits for it.
    var isAwaited = false
    /// True when the service has waited for too long.
    package internal(set) var isOverdue = false
    /// True once a source has reported a document since this value was made, or rebuilt from its record.
    var hasBeenDefined = false
    /// True from its deletion until the deletion takes effect.
    package internal(set) var isWithdrawing = false

    package init() {}

    /// A revision that isn't a valid definition.
    package struct Rejection: Equatable, Sendable, Codable {
        package var revision: Revision
        package var reasons: [String]
    }
}
