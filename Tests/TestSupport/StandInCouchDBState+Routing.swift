extension StandInCouchDBState {
    /// Answers one request.
    mutating func answer(_ request: StandInCouchDBRequest) -> StandInCouchDBAnswer {
        do throws(StandInCouchDBRefusal) {
            return try route(request)
        } catch {
            var answer = StandInCouchDBAnswer.refusal(error)
            if error.reason == "Authentication required." {
                answer.headers.append(("WWW-Authenticate", "Basic realm=\"server\""))
            }
            // CouchDB doesn't read on after that.
            if error.status == 413 { answer.headers.append(("Connection", "close")) }
            return answer
        }
    }

    private mutating func route(_ request: StandInCouchDBRequest) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer
    {
        let user = try user(of: request)
        if requiresUser, user == nil { throw .unauthorized("Authentication required.") }
        guard let segments = request.segments else {
            throw StandInCouchDBRefusal(status: 400, error: "bad_request", reason: "invalid_url_encoding")
        }
        switch (request.method, segments.first ?? "") {
        case (_, ""): return .json(200, Self.welcome)
        case (_, "_up"): return .json(200, .object([.init("status", .string("ok")), .init("seeds", .object([]))]))
        case (_, "_all_dbs"):
            guard isAdministrator(user) else { throw .notAdministrator }
            let names = databases.keys.sorted().map { StandInCouchDBJSON.string($0) }
            return StandInCouchDBAnswer(status: 200, body: .chunked([StandInCouchDBJSON.array(names).text + "\n"]))
        case ("PUT", let name) where segments.count == 1:
            guard isAdministrator(user) else { throw .notAdministrator }
            try create(name)
            let location = "http://\(request.header("Host") ?? "")\(request.target)"
            var answer = StandInCouchDBAnswer.ok
            answer.status = 201
            answer.headers = [("Location", location)]
            return answer
        case ("DELETE", let name) where segments.count == 1:
            guard databases[name] != nil else { throw .noDatabase }
            guard isAdministrator(user) else { throw .notAdministrator }
            databases[name] = nil
            return .ok
        case (_, let name):
            guard let database = databases[name] else { throw .noDatabase }
            try checkAccess(database, user)
            return try route(request, Array(segments.dropFirst()), in: database, as: user)
        }
    }

    private mutating func route(
        _ request: StandInCouchDBRequest,
        _ segments: [String],
        in database: StandInCouchDBDatabase,
        as user: String?
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        if request.method == "POST", request.header("Content-Type")?.hasPrefix("application/json") != true {
            throw .notJSONType
        }
        switch (request.method, segments.first ?? "") {
        case ("POST", ""): return try post(request, in: database)
        case (_, ""): return .json(200, info(database))
        case (_, "_all_docs"): return try listing(request, in: database)
        case (_, "_changes"): return try changes(request, in: database)
        case ("POST", "_bulk_docs"): return try bulk(request, in: database)
        case ("POST", "_compact"):
            databases[database.name]?.compact()
            var answer = StandInCouchDBAnswer.ok
            answer.status = 202
            return answer
        case ("PUT", "_security"):
            guard isAdministrator(user) else {
                throw StandInCouchDBRefusal(status: 500, error: "error", reason: "no_majority")
            }
            return try setSecurity(request, in: database)
        case (_, "_security"):
            let roles = StandInCouchDBJSON.object([.init("roles", .array([.string("_admin")]))])
            return .json(200, .object([.init("members", roles), .init("admins", roles)]))
        case (_, "_revs_limit"): return .json(200, .int(1000))
        default: return try document(request, segments, in: database, as: user)
        }
    }

    private mutating func setSecurity(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let json = try request.json()
        let names = json["members"]?["names"]?.array?.compactMap(\.string) ?? []
        let roles = json["members"]?["roles"]?.array ?? []
        databases[database.name]?.security =
            !names.isEmpty ? .members(Set(names)) : roles.isEmpty ? .everyone : .administratorsOnly
        databases[database.name]?.updateSequence += 1
        return .ok
    }

    private static let welcome = StandInCouchDBJSON.object([
        .init("couchdb", .string("Welcome")),
        .init("version", .string("3.5.0")),
        .init("git_sha", .string("stand-in")),
        .init("uuid", .string("00000000000000000000000000000000")),
        .init("features", .array([])),
        .init("vendor", .object([.init("name", .string("stand-in"))])),
    ])
}

extension StandInCouchDBRequest {
    func json() throws(StandInCouchDBRefusal) -> StandInCouchDBJSON {
        do {
            return try StandInCouchDBJSONParser.parse(body)
        } catch {
            throw .notJSON
        }
    }
}
