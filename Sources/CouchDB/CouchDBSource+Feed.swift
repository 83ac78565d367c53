import AsyncHTTPClient
import Lines
import NIOCore

/// How an open feed ended without a failure.
enum FeedEnd: Sendable {
    /// The server ended it with `last_seq`.
    case ended(lastSequence: String, rows: Int)
    /// It is time to list again.
    case renewalDue
}

extension CouchDBSource {
    /// Reads an open feed, with a dead-man timer of three heartbeats.
    ///
    /// `deliver` is called with the events, and with nil for each sign of life.
    func follow(
        _ body: HTTPClientResponse.Body,
        known: KnownDocuments,
        until renewal: C.Instant,
        deliver: @escaping @Sendable (CouchDBEvent?) async -> Void
    ) async throws(CouchDBError) -> FeedEnd {
        let timer = DeadManTimer(limit: settings.heartbeat * 3, clock: clock)
        do {
            return try await withThrowingTaskGroup(of: FeedEnd.self) { group in
                group.addTask { try await read(body, timer: timer, known: known, until: renewal, deliver: deliver) }
                group.addTask { try await timer.watch() }
                defer { group.cancelAll() }
                return try await group.next() ?? .renewalDue
            }
        } catch {
            throw CouchDBError(error, operation: "changes feed", limit: settings.maximumLineLength, timeout: .zero)
        }
    }

    private func read(
        _ body: HTTPClientResponse.Body,
        timer: DeadManTimer<C>,
        known: KnownDocuments,
        until renewal: C.Instant,
        deliver: @Sendable (CouchDBEvent?) async -> Void
    ) async throws -> FeedEnd {
        var lines = LineBuffer(longest: settings.maximumLineLength)
        var rows = 0
        for try await chunk in body {
            try timer.beginWork()
            await deliver(nil)
            lines.append(chunk)
            while let line = try nextLine(&lines) {
                let parsed = try CouchDBClient.readable("changes feed") { () throws(JSONSlices.Malformed) in
                    try ChangesLine(line)
                }
                switch parsed {
                case .blank: break
                case .change(let change):
                    rows += 1
                    if let event = try await event(for: change, known: known) { await deliver(event) }
                case .end(let lastSequence): return .ended(lastSequence: lastSequence, rows: rows)
                }
            }
            // Heartbeats make this check frequent enough, and it never interrupts an event.
            if clock.now >= renewal { return .renewalDue }
            timer.endWork()
        }
        throw CouchDBError.connection(operation: "changes feed", reason: "it ended without last_seq")
    }

    private func nextLine(_ lines: inout LineBuffer) throws(CouchDBError) -> [UInt8]? {
        do {
            return try lines.next().map { Array($0.readableBytesView) }
        } catch {
            throw .tooLarge(operation: "a line of the changes feed", limit: settings.maximumLineLength)
        }
    }

    /// The event of a row.
    ///
    /// A deletion counts only when reading the document confirms it.
    private func event(
        for change: ChangesLine.Change,
        known: KnownDocuments
    ) async throws(CouchDBError) -> CouchDBEvent? {
        if CouchDBDocument.isDesignDocument(change.id) { return nil }
        if !change.isDeleted, let document = change.document {
            known.insert(change.id)
            return .changed(document)
        }
        switch try await client.document(change.id) {
        case .found(let document):
            known.insert(change.id)
            return .changed(document)
        case .deleted:
            known.remove(change.id)
            return .deleted(id: change.id, revision: change.isDeleted ? change.revision : nil)
        case .missing:
            return nil
        }
    }
}
