/// Where the status of the services is written for all hosts to see.
package protocol StatusDatabase: Sendable {
    /// The revisions of all documents whose ids begin with `prefix`.
    func revisions(startingWith prefix: String) async throws(StatusDatabaseError) -> [String: String]

    /// The revision of a document; nil when there is none.
    func revision(of id: String) async throws(StatusDatabaseError) -> String?

    /// Writes a document in place of the one with this revision, or as a new one; returns the new revision.
    func write(_ id: String, _ body: [UInt8], replacing revision: String?) async throws(StatusDatabaseError) -> String

    /// Removes a document; one that is gone already is fine.
    func remove(_ id: String, revision: String) async throws(StatusDatabaseError)
}

/// Why the status can't be written.
///
/// It never matters to a service.
package enum StatusDatabaseError: Error, Equatable {
    /// The document has another revision: somebody else wrote it.
    case conflict
    /// It may work again by itself.
    case unavailable(String)
    /// A person has to do something: what is in the sentence.
    case refused(String)

    /// Whether trying again may help without anyone doing anything.
    package var isTransient: Bool {
        switch self {
        case .conflict, .unavailable: true
        case .refused: false
        }
    }
}

extension StatusDatabaseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .conflict: "the document has another revision by now"
        case .unavailable(let reason), .refused(let reason): reason
        }
    }
}
