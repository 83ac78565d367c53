/// What went wrong between us and a CouchDB server.
///
/// None of them ever means that documents are gone.
package enum CouchDBError: Error, Hashable {
    /// No connection, or it broke, or its framing can't be parsed.
    case connection(operation: String, reason: String)
    /// No TLS connection, or none with a server that is trusted.
    case tls(operation: String, TLSProblem)
    /// No complete answer within the time that a request may take.
    case timedOut(operation: String, after: Duration)
    /// Nothing came on the feed for this long, not even a heartbeat.
    case silent(Duration)
    /// 401: no credentials, or wrong ones.
    case unauthorized(reason: String)
    /// 403: a valid user who is no member of the database, or an account that is locked after wrong passwords.
    case forbidden(reason: String)
    /// The database doesn't exist, or no longer.
    case databaseMissing(database: String)
    /// 409: the document has another revision by now.
    case conflict(id: String)
    /// Any other status; `error` and `reason` are CouchDB's words, where it was CouchDB who answered.
    case unexpectedStatus(operation: String, status: UInt, error: String, reason: String)
    /// The answer isn't what CouchDB answers.
    case unreadable(operation: String, found: String, expected: String)
    /// The answer, or a line of it, has more bytes than are accepted.
    case tooLarge(operation: String, limit: Int)
    /// The task was cancelled: an outcome, nothing to report.
    case cancelled

    /// Whether trying again may help without anyone doing anything.
    package var isTransient: Bool {
        switch self {
        case .connection, .timedOut, .silent, .unreadable: true
        case .unexpectedStatus(_, let status, _, _): status >= 500 || status == 408 || status == 429
        case .tls, .unauthorized, .forbidden, .databaseMissing, .conflict, .tooLarge, .cancelled: false
        }
    }
}

extension CouchDBError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connection(let operation, let reason):
            "CouchDB, \(operation): no connection: \(reason)"
        case .tls(let operation, let problem):
            "CouchDB, \(operation): \(problem)"
        case .timedOut(let operation, let limit):
            "CouchDB, \(operation): no complete answer within \(limit)"
        case .silent(let limit):
            "CouchDB, changes feed: no heartbeat came through for \(limit.components.seconds) s. Either the server hangs, or a "
                + "proxy in front of it buffers answers: changes are seen late then, only when everything is listed again; "
                + "switch its buffering off for _changes (nginx: proxy_buffering off)"
        case .unauthorized(let reason):
            "CouchDB refuses the credentials (401 \(reason)); check user and password"
        case .forbidden(let reason):
            "CouchDB refuses access (403 \(reason)); make the user a member of the database"
        case .databaseMissing(let database):
            "CouchDB has no database \(database); create it, or correct the URL"
        case .conflict(let id):
            "CouchDB document \(id) has another revision by now; read it again"
        case .unexpectedStatus(let operation, let status, let error, let reason):
            "CouchDB, \(operation): status \(status) \(error) \(reason)"
        case .unreadable(let operation, let found, let expected):
            "CouchDB, \(operation): found \(found), expected \(expected); check that the URL leads to CouchDB"
        case .tooLarge(let operation, let limit):
            "CouchDB, \(operation): more than \(limit) bytes"
        case .cancelled:
            "CouchDB: cancelled"
        }
    }
}
