/// Where a CouchDB database is, and the credentials for it: the content of `COUCHDB_URL`.
///
/// `http://user:password@127.0.0.1:5984/services`. A database behind a proxy may have a path before its name
/// (`https://example.org/couchdb/services`); without a port it is the scheme's, 80 or 443. The description has no credentials.
package struct CouchDBLocation: Sendable, Hashable {
    /// The protocol of the server.
    package enum Scheme: String, Sendable, Hashable {
        /// Unencrypted.
        case http
        /// TLS, with the system's trust roots or those of `certificateAuthorityFile`.
        case https
    }

    package let scheme: Scheme
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    package let port: Int
    /// The name of the database, decoded: `team/services` for `team%2Fservices`.
    package let database: String
    package let credentials: CouchDBCredentials?
    /// A PEM file with the only certificate authorities to trust.
    package let certificateAuthorityFile: String?
    /// The path of the database, percent-encoded as given, with a leading slash and without a trailing one.
    let path: String

    /// Parses a URL; `credentials` win over those in the URL.
    package init(
        _ url: String,
        credentials: CouchDBCredentials? = nil,
        certificateAuthorityFile: String? = nil
    ) throws(CouchDBLocationError) {
        let parts = try URLParts(url)
        guard let scheme = Scheme(rawValue: parts.scheme.lowercased()) else {
            throw parts.problem("the scheme \"\(parts.scheme)\"", expected: "http or https")
        }
        self.scheme = scheme
        host = parts.host
        port = try parts.port(defaultPort: scheme == .http ? 80 : 443)
        path = try parts.databasePath()
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        database = try parts.decode(name, part: "database name")
        guard Self.isDatabaseName(database) else {
            throw parts.problem(
                "the database name \"\(database)\"",
                expected: "a lower-case letter followed by lower-case letters, digits and any of _$()+-/"
            )
        }
        let credentialsInURL = try parts.credentials()
        self.credentials = credentials ?? credentialsInURL
        self.certificateAuthorityFile = certificateAuthorityFile
    }

    /// CouchDB's rule for database names (`couch_db:validate_dbname`), except for its own such as `_users`.
    private static func isDatabaseName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "_$()+-/".utf8.contains(byte)
            }
        }
    }

    /// The URL of something in the database, without credentials; `suffix` is percent-encoded and starts with `/` or is empty.
    func url(_ suffix: String) -> String { description + suffix }
}

extension CouchDBLocation: CustomStringConvertible {
    /// The URL without credentials.
    package var description: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return "\(scheme.rawValue)://\(bracketed):\(port)\(path)"
    }
}
