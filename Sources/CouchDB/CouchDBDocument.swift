import PercentEncoding

/// A document as CouchDB sent it.
package struct CouchDBDocument: Sendable, Hashable {
    /// The document's `_id`.
    package let id: String
    /// The document's `_rev`: opaque, and only compared for equality.
    package let revision: String
    /// The JSON as received, including `_id` and `_rev`, without surrounding white space.
    package let body: [UInt8]
    /// The other leaf revisions, which lost against this one (`_conflicts`).
    package let conflicts: [String]
    /// Whether this is a tombstone (`_deleted`).
    let isDeleted: Bool

    /// Reads the members that CouchDB adds.
    ///
    /// The rest of the document isn't read.
    init(_ received: [UInt8]) throws(JSONSlices.Malformed) {
        // An answer to GET ends with a line feed, which isn't part of the document.
        let trailing = received.reversed().prefix { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }.count
        let body = trailing == 0 ? received : Array(received.dropLast(trailing))
        var id: String?
        var revision: String?
        var conflicts: [String] = []
        var isDeleted = false
        for (name, value) in try JSONSlices.members(of: body) {
            switch name {
            case "_id": id = try JSONString.decode(body, in: value)
            case "_rev": revision = try JSONString.decode(body, in: value)
            case "_conflicts":
                for element in try JSONSlices.elements(of: body, in: value) {
                    conflicts.append(try JSONString.decode(body, in: element))
                }
            case "_deleted": isDeleted = body[value].elementsEqual("true".utf8)
            default: break
            }
        }
        guard let id, let revision else {
            throw JSONSlices.Malformed(offset: 0, expected: "a document with _id and _rev")
        }
        self.id = id
        self.revision = revision
        self.body = body
        self.conflicts = conflicts
        self.isDeleted = isDeleted
    }

    /// A document's path within its database.
    ///
    /// The slash after `_design` and `_local` is part of it. Elsewhere CouchDB reads a bare slash as the start of an
    /// attachment's name.
    static func path(_ id: String) -> String {
        for prefix in ["_design/", "_local/"] where id.hasPrefix(prefix) {
            return prefix + id.dropFirst(prefix.count).percentEncoded
        }
        return id.percentEncoded
    }

    /// Whether an id is that of a design document, which configures the database and isn't data.
    static func isDesignDocument(_ id: String) -> Bool { id.hasPrefix("_design/") }
}

/// The server's answer about a document id.
package enum CouchDBLookup: Sendable, Hashable {
    /// The current revision; with conflicts, the winner.
    case found(CouchDBDocument)
    /// 404 with reason `deleted`: it existed and was deleted.
    case deleted
    /// 404 with reason `missing`: it never existed here, or the database was created again. It doesn't mean that it was
    /// deleted.
    case missing
}

/// A database's own properties (`GET /db`).
package struct CouchDBDatabaseInfo: Sendable, Hashable {
    package let name: String
    /// Changes when a database is deleted and created again under the same name.
    package let instanceStartTime: String
    /// The newest sequence; opaque.
    package let updateSequence: String
}
