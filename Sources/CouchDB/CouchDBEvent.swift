/// What ``CouchDBSource`` reports, in order.
package enum CouchDBEvent: Sendable, Hashable {
    /// All documents, without design documents. It comes at each connection, and every 5 min.
    ///
    /// A document that isn't listed may be new or deleted; deletions are only reported as ``deleted(id:revision:)``.
    case listed([CouchDBDocument])
    /// The feed is open.
    case connected
    /// A document was written. The same revision may come again, and revisions in between may be skipped.
    case changed(CouchDBDocument)
    /// A document was deleted, and reading it again confirmed that. The revision is that of the tombstone, if known.
    case deleted(id: String, revision: String?)
    /// The documents can't be read at present; nothing is known to have changed.
    case disconnected(CouchDBError, retryIn: Duration)
}
