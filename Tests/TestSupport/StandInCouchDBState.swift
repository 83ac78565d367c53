/// Everything that the stand-in knows, databases and accounts: no sockets, no time.
struct StandInCouchDBState: Sendable {
    /// Administrators and their passwords; with none at all, everyone is one.
    var administrators: [String: String]
    /// Ordinary users and their passwords.
    var users: [String: String] = [:]
    var requiresUser = false
    var databases: [String: StandInCouchDBDatabase] = [:]
    private var wrongPasswords: [String: Int] = [:]
    private var createdDatabases = 0

    init(administrators: [String: String]) {
        self.administrators = administrators
    }

    /// Who sends a request; nil for nobody.
    mutating func user(of request: StandInCouchDBRequest) throws(StandInCouchDBRefusal) -> String? {
        guard let (user, password) = try request.credentials() else { return nil }
        if wrongPasswords[user, default: 0] >= 5 {
            let reason = "Account is temporarily locked due to multiple authentication failures"
            throw StandInCouchDBRefusal(status: 403, error: "forbidden", reason: reason)
        }
        guard (administrators[user] ?? users[user]) == password else {
            wrongPasswords[user, default: 0] += 1
            throw .unauthorized("Name or password is incorrect.")
        }
        wrongPasswords[user] = nil
        return user
    }

    /// Forgets wrong passwords, as the server does after five minutes.
    mutating func unlock() { wrongPasswords = [:] }

    func isAdministrator(_ user: String?) -> Bool {
        administrators.isEmpty || user.map { administrators[$0] != nil } ?? false
    }

    func checkAccess(_ database: StandInCouchDBDatabase, _ user: String?) throws(StandInCouchDBRefusal) {
        if isAdministrator(user) { return }
        switch database.security {
        case .everyone: return
        case .members(let members) where user.map(members.contains) ?? false: return
        case .members, .administratorsOnly:
            guard user != nil else { throw .unauthorized("You are not authorized to access this db.") }
            let reason = "You are not allowed to access this db."
            throw StandInCouchDBRefusal(status: 403, error: "forbidden", reason: reason)
        }
    }

    mutating func create(_ name: String) throws(StandInCouchDBRefusal) {
        let isLegal =
            ["_users", "_replicator"].contains(name)
            || name.first.map { ("a"..."z").contains($0) } ?? false
                && name.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || "_$()+-/".contains($0) }
        guard isLegal else {
            let reason =
                "Name: '\(name)'. Only lowercase characters (a-z), digits (0-9), and any of the characters "
                + "_, $, (, ), +, -, and / are allowed. Must begin with a letter."
            throw StandInCouchDBRefusal(status: 400, error: "illegal_database_name", reason: reason)
        }
        guard databases[name] == nil else {
            let reason = "The database could not be created, the file already exists."
            throw StandInCouchDBRefusal(status: 412, error: "file_exists", reason: reason)
        }
        createdDatabases += 1
        let number = String(createdDatabases)
        databases[name] = StandInCouchDBDatabase(
            name: name,
            identity: String(repeating: "A", count: 12 - number.count) + number,
            instanceStartTime: String(1_795_468_000 + createdDatabases)
        )
    }

    /// What a database says about itself.
    func info(_ database: StandInCouchDBDatabase) -> StandInCouchDBJSON {
        .object([
            .init("instance_start_time", .string(database.instanceStartTime)),
            .init("db_name", .string(database.name)),
            .init("purge_seq", .string(database.sequence(0))),
            .init("update_seq", .string(database.sequence(database.updateSequence))),
            .init(
                "sizes",
                .object([.init("file", .int(16_700)), .init("external", .int(0)), .init("active", .int(0))])
            ),
            .init("props", .object([])),
            .init("doc_del_count", .int(database.documents.count - database.liveIDs.count)),
            .init("doc_count", .int(database.liveIDs.count)),
            .init("disk_format_version", .int(8)),
            .init("compact_running", .bool(false)),
            .init(
                "cluster",
                .object([.init("q", .int(2)), .init("n", .int(1)), .init("w", .int(1)), .init("r", .int(1))])
            ),
        ])
    }
}

extension StandInCouchDBRefusal {
    static func unauthorized(_ reason: String) -> Self { Self(status: 401, error: "unauthorized", reason: reason) }
    static let notAdministrator = unauthorized("You are not a server admin.")
    /// `max_document_size`.
    static let tooLarge = Self(status: 413, error: "document_too_large", reason: "")
    static let notJSONType = Self(
        status: 415,
        error: "bad_content_type",
        reason: "Content-Type must be application/json"
    )
}
