/// Where a definition comes from.
///
/// The first of these that has an id is the one that counts (`SourceRanking`).
package enum DefinitionOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The `COUCHDB_URL` of the service's own unit; the URL has no password.
    case unit(String)
    /// The daemon's own CouchDB.
    case couchDB(String)
    /// A directory of files.
    case directory(String)
    /// The database of a unit that names none, on a host whose daemon has none either.
    case defaultDatabase(String)

    /// The database that the predecessor used for a unit without a `COUCHDB_URL`.
    package static let defaultDatabaseURL = "http://127.0.0.1:5984/services"

    private var rank: Int {
        switch self {
        case .unit: 0
        case .couchDB: 1
        case .directory: 2
        case .defaultDatabase: 3
        }
    }

    package static func < (left: DefinitionOrigin, right: DefinitionOrigin) -> Bool {
        (left.rank, left.description) < (right.rank, right.description)
    }

    /// True for a database that is only watched because a unit asks for it.
    package var isUnits: Bool {
        switch self {
        case .unit, .defaultDatabase: true
        case .couchDB, .directory: false
        }
    }

    package var description: String {
        switch self {
        case .unit(let url), .couchDB(let url), .defaultDatabase(let url): url
        case .directory(let path): path
        }
    }
}

extension DefinitionOrigin: Codable {
    private enum Kind: String, Codable {
        case unit, couchdb, directory
        case defaultDatabase = "default"
    }

    private enum Keys: String, CodingKey {
        case kind, name
    }

    /// As it is kept in a service's `source.json`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let name = try container.decode(String.self, forKey: .name)
        self =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .unit: .unit(name)
            case .couchdb: .couchDB(name)
            case .directory: .directory(name)
            case .defaultDatabase: .defaultDatabase(name)
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        let kind: Kind =
            switch self {
            case .unit: .unit
            case .couchDB: .couchdb
            case .directory: .directory
            case .defaultDatabase: .defaultDatabase
            }
        try container.encode(kind, forKey: .kind)
        try container.encode(description, forKey: .name)
    }
}
