/// Why a request to a CouchDB server failed.
///
/// No error ever means that documents were deleted.
package enum CouchDBError: Error, Hashable {
    /// There is no connection, or it broke, or its framing is invalid.
    case connection(operation: String, reason: String)
    /// There is no TLS connection, or the server isn't trusted.
    case tls(operation: String, TLSProblem)
    /// There was no complete answer within the time limit.
    case timedOut(operation: String, after: Duration)
    /// Nothing came on the feed for this long, not even a heartbeat.
    case silent(Duration)
    /// 401: no credentials, or wrong ones.
    case unauthorized(reason: String)
    /// 403: a valid user who isn't a member of the database, or an account that is locked after wrong passwords.
    case forbidden(reason: String)
    /// The database doesn't exist (any more).
    case databaseMissing(database: String)
    /// 409: the document has another revision.
    case conflict(id: String)
    /// Any other status; `error` and `reason` are CouchDB's description, if CouchDB answered.
    case unexpectedStatus(operation: String, status: UInt, error: String, reason: String)
    /// The answer isn't one of CouchDB's.
    case unreadable(operation: String, found: String, expected: String)
    /// The answer, or a line of it, exceeds the limit.
    case tooLarge(operation: String, limit: Int)
    /// The task was cancelled, which isn't reported.
    case cancelled

    /// Whether trying again may help although no person acts.
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
            "CouchDB, changes feed: no heartbeat arrived for \(limit.components.seconds)s. Either the server hangs, or a "
                + "proxy in front of it buffers answers, so that changes are seen late, only when everything is listed again: "
                + "switch its buffering off for _changes (nginx: proxy_buffering off)"
        case .unauthorized(let reason):
            "CouchDB refuses the credentials (401 \(reason)); check user and password"
        case .forbidden(let reason):
            "CouchDB refuses access (403 \(reason)); make the user a member of the database"
        case .databaseMissing(let database):
            "CouchDB has no database \(database); create it, or correct the URL"
        case .conflict(let id):
            "the CouchDB document \(id) has been changed meanwhile; read it again"
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
