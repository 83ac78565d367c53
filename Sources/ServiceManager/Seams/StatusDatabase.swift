/// The database that the status of the services is written to, for all hosts to read.
package protocol StatusDatabase: Sendable {
    /// The revisions of all documents whose ids begin with `prefix`.
    func revisions(startingWith prefix: String) async throws(StatusDatabaseError) -> [String: String]

    /// The revision of a document; nil when there is none.
    func revision(of id: String) async throws(StatusDatabaseError) -> String?

    /// Writes a document in place of the one with this revision, or as a new one; returns the new revision.
    func write(_ id: String, _ body: [UInt8], replacing revision: String?) async throws(StatusDatabaseError) -> String

    /// Removes a document; a missing one is ignored.
    func remove(_ id: String, revision: String) async throws(StatusDatabaseError)
}

/// Why the status can't be written.
///
/// It never affects a service.
package enum StatusDatabaseError: Error, Equatable {
    /// The document has another revision: another client wrote it.
    case conflict
    /// It may work again by itself.
    case unavailable(String)
    /// A person must act; the sentence says how.
    case refused(String)

    /// Whether trying again may help although no person acts.
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
        case .conflict: "the document has been changed by another client"
        case .unavailable(let reason), .refused(let reason): reason
        }
    }
}
