/// A document as a source reported it.
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
    /// A document exists; it may have been reported before.
    case present(SourceDocument)
    /// A document was deleted, and that was confirmed.
    case deleted(id: String)
    /// A document exists, but can't be used.
    case unusable(id: String, reason: String)
    /// Every document of the source was reported; it has no others.
    case listed
    /// The source can't be read; nothing is known to have changed.
    case unavailable(String)
    /// The source can be read again, after all of it was reported.
    case available

    /// The id of the document; nil for the source as a whole.
    package var id: String? {
        switch self {
        case .present(let document): document.id
        case .deleted(let id), .unusable(let id, _): id
        case .listed, .unavailable, .available: nil
        }
    }
}
