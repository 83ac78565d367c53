extension StandInCouchDBState {
    /// `_changes`: at once, or as a feed that the connection keeps open.
    func changes(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBAnswer {
        let options = try options(request, in: database)
        guard options.kind == .normal else { return StandInCouchDBAnswer(status: 200, body: .feed(options)) }
        var rows = database.rows(options, after: options.since)
        let all = rows.count
        if let limit = options.limit { rows = Array(rows.prefix(limit)) }
        let isCut = rows.count < all
        let last = isCut ? rows.last?.sequence ?? options.since : database.updateSequence
        let text = rows.map(\.text).joined(separator: ",\r\n")
        let end = database.end(last, pending: all - rows.count)
        let chunks = ["{\"results\":[\n", text + "\n],\n" + end, "\n"]
        let tag = StandInCouchDBSequence.text(last, identity: text).suffix(25).uppercased()
        return StandInCouchDBAnswer(status: 200, headers: [("ETag", "\"\(tag)\"")], body: .chunked(chunks))
    }

    private func options(
        _ request: StandInCouchDBRequest,
        in database: StandInCouchDBDatabase
    ) throws(StandInCouchDBRefusal) -> StandInCouchDBFeed.Options {
        let query = request.query
        var options = StandInCouchDBFeed.Options(
            database: database.name,
            kind: try Self.kind(query["feed"]),
            since: try since(query["since"], in: database)
        )
        options.includesDocuments = request.isTrue("include_docs")
        options.includesConflicts = request.isTrue("conflicts")
        options.showsAllLeaves = query["style"] == "all_docs"
        options.isDescending = request.isTrue("descending")
        options.limit = try Self.number(query["limit"])
        options.sequenceInterval = try Self.number(query["seq_interval"])
        options.timeout = min(try Self.number(query["timeout"]) ?? 60_000, 60_000)
        options.heartbeat = try Self.heartbeat(query["heartbeat"])
        switch query["filter"] {
        case nil: break
        case "_design": options.onlyDesign = true
        case "_doc_ids":
            let ids =
                request.method == "POST"
                ? try request.json()["doc_ids"]?.array
                : query["doc_ids"].flatMap { try? StandInCouchDBJSONParser.parse($0).array }
            guard let ids else {
                throw .badRequest("`doc_ids` filter parameter is not a list of doc ids.")
            }
            options.ids = Set(ids.compactMap(\.string))
        case let name? where name.contains("/"): throw .missing
        default: throw .badRequest("`filter` must be of the form `designname/filtername`")
        }
        return options
    }

    private static func kind(_ name: String?) throws(StandInCouchDBRefusal) -> StandInCouchDBFeed.Kind {
        switch name {
        case nil, "normal": .normal
        case "longpoll": .longpoll
        case "continuous", "live": .continuous
        default:
            throw .badRequest("Supported `feed` types: normal, continuous, live, longpoll, eventsource")
        }
    }

    private func since(_ text: String?, in database: StandInCouchDBDatabase) throws(StandInCouchDBRefusal) -> Int {
        guard let text else { return 0 }
        if text == "now" { return database.updateSequence }
        let unquoted = text.replacing("\"", with: "")
        guard let number = StandInCouchDBSequence.number(unquoted, identity: database.identity) else {
            throw .badRequest("Malformed sequence supplied in 'since' parameter.")
        }
        return number
    }

    private static func number(_ text: String?) throws(StandInCouchDBRefusal) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw StandInCouchDBRefusal(status: 500, error: "unknown_error", reason: "badarg")
        }
        return number
    }

    private static func heartbeat(_ text: String?) throws(StandInCouchDBRefusal) -> Int? {
        switch text {
        case nil: return nil
        case "true": return 60_000
        case "0": throw .badRequest("The heartbeat value should be a positive integer (in milliseconds).")
        case let text?:
            guard let number = Int(text), number > 0 else {
                throw .badRequest("Invalid heartbeat value. Expecting a positive integer value (in milliseconds).")
            }
            return min(number, 60_000)
        }
    }
}

extension StandInCouchDBRefusal {
    static func badRequest(_ reason: String) -> Self { Self(status: 400, error: "bad_request", reason: reason) }
}
