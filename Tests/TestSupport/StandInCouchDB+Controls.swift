import NIOCore

/// What tests do to the server behind its clients' backs.
extension StandInCouchDB {
    /// Writes a document, as another client would; returns its revision.
    @discardableResult
    package func put(
        _ id: String,
        _ json: String,
        in database: String,
        revision: String? = nil
    ) async throws -> String {
        let json = try StandInCouchDBJSONParser.parse(json)
        return try await change { state in
            guard var changed = state.databases[database] else { throw StandInCouchDBRefusal.noDatabase }
            let current = changed.documents[id].flatMap { $0.isDeleted ? nil : $0.leaves.first?.text }
            let written = try changed.write(id, json, queryRevision: revision ?? json["_rev"]?.string ?? current)
            state.databases[database] = changed
            return written.text
        }
    }

    /// Deletes a document; returns the revision of its tombstone.
    @discardableResult
    package func delete(_ id: String, in database: String) async throws -> String {
        try await put(id, "{\"_deleted\":true}", in: database)
    }

    /// Writes the revision that `_rev` names beside whatever is there, as replication does.
    package func replicate(_ id: String, _ json: String, in database: String) async throws {
        let json = try StandInCouchDBJSONParser.parse(json)
        try await change { try $0.databases[database]?.replicate(id, json) }
    }

    /// A document as it is, as JSON text; nil when there is none.
    package func document(_ id: String, in database: String) async throws -> String? {
        try await perform { core in
            guard let database = core.state.databases[database], let document = database.documents[id],
                !document.isDeleted, let winner = document.leaves.first
            else { return nil }
            return database.json(id, winner, with: [])?.text
        }
    }

    /// Forgets a document altogether, as `_purge` does: it is missing then, not deleted.
    package func purge(_ id: String, in database: String) async throws {
        try await change { $0.databases[database]?.documents[id] = nil }
    }

    package func createDatabase(_ name: String) async throws {
        try await change { state in
            try state.create(name)
            state.databases[name]?.security = .everyone
        }
    }

    package func deleteDatabase(_ name: String) async throws {
        try await change { $0.databases[name] = nil }
    }

    /// Lets only these users, and administrators, into a database.
    package func restrict(_ database: String, to members: Set<String>) async throws {
        try await change { $0.databases[database]?.security = .members(members) }
    }

    /// Adds or changes an ordinary user; nil removes it.
    package func setPassword(_ password: String?, of user: String) async throws {
        try await change { $0.users[user] = password }
    }

    /// Lifts the lock after wrong passwords.
    package func unlockAccounts() async throws { try await change { $0.unlock() } }

    /// `require_valid_user`.
    package func setRequiresUser(_ isRequired: Bool) async throws { try await change { $0.requiresUser = isRequired } }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (inout StandInCouchDBState) throws -> Value
    ) async throws -> Value {
        try await perform { core in
            let value = try body(&core.state)
            core.wakeFeeds()
            return value
        }
    }
}

/// Faults, and what can be seen of clients.
extension StandInCouchDB {
    /// All requests so far.
    package func requests() async throws -> [StandInCouchDBRequest] { try await perform { $0.requests } }

    /// How many feeds are open.
    package func feedCount() async throws -> Int { try await perform { $0.feeds.count } }

    /// How many connections are open.
    package func connectionCount() async throws -> Int { try await perform { $0.connections.count } }

    /// Takes requests without answering, and keeps feeds silent, until ``resume()``.
    package func stall() async throws { try await perform { $0.isStalled = true } }

    package func resume() async throws { try await perform { $0.resume() } }

    /// Answers requests, and lets nothing of a feed through, as a proxy does that buffers answers.
    package func bufferFeeds() async throws { try await perform { $0.buffersFeeds = true } }

    /// Answers requests, and nothing to one that asks for a feed, as a proxy does whose buffer isn't full.
    package func holdFeedHeads() async throws { try await perform { $0.holdsFeedHeads = true } }

    /// Makes heartbeats and timeouts this many times faster.
    package func setSpeed(_ speed: Int) async throws { try await perform { $0.speed = Int64(speed) } }

    /// Keeps feeds from ending after their timeout, for as long as a test still does something that belongs into them.
    package func holdTimeouts(_ holds: Bool) async throws { try await perform { $0.holdsTimeouts = holds } }

    /// Sends a blank line on every feed, now.
    package func beat() async throws { try await sendOnFeeds("\n") }

    /// Sends text as one chunk on every feed.
    package func sendOnFeeds(_ text: String) async throws { try await garbleFeeds(StandInCouchDBAnswer.chunk(text)) }

    /// Writes bytes into every feed without regard for its framing.
    package func garbleFeeds(_ bytes: String) async throws {
        try await perform { core in
            for open in core.feeds.values { core.send(bytes, on: open.channel) }
        }
    }

    /// Ends every feed in order, with `last_seq`.
    package func endFeeds() async throws {
        try await perform { core in
            for id in core.feeds.keys { core.end(id) }
        }
    }

    /// Closes the connections of all feeds without the last chunk.
    package func cutFeeds() async throws {
        try await perform { core in
            for open in core.feeds.values { open.channel.close(promise: nil) }
        }
    }

    /// Gives this answer to the next request, whatever it is.
    package func answerNext(_ status: Int, _ body: String) async throws {
        try await perform { $0.forcedAnswers.append(.init(status: status, body: .fixed(body))) }
    }
}
