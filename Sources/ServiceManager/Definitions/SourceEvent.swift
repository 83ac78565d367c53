/// A document as a source gave it.
package struct SourceDocument: Equatable, Sendable {
    package var id: String
    package var revision: String
    package var body: [UInt8]
    /// Revisions that lost against this one (CouchDB's `_conflicts`).
    package var conflicts: [String]

    package init(id: String, revision: String, body: [UInt8], conflicts: [String] = []) {
        self.id = id
        self.revision = revision
        self.body = body
        self.conflicts = conflicts
    }
}

/// What any source reports.
package enum SourceEvent: Equatable, Sendable {
    /// A document is there; it may have been reported before.
    case present(SourceDocument)
    /// A document was deleted, and that was confirmed.
    case deleted(id: String)
    /// A document is there and can't be used.
    case unusable(id: String, reason: String)
    /// Every document of the source was reported: it doesn't have those that were not.
    case listed
    /// The source can't be seen; nothing is known to have changed.
    case unavailable(String)
    /// The source is seen again, after it was reported whole.
    case available

    /// Whose document it is about; nil for the source as a whole.
    package var id: String? {
        switch self {
        case .present(let document): document.id
        case .deleted(let id), .unusable(let id, _): id
        case .listed, .unavailable, .available: nil
        }
    }
}
