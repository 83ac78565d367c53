package import FoundationEssentials
package import Logging
import ServiceModel

/// Writes the status of this host's services into the status database, and that the host is alive.
///
/// It only reads the board: whatever the database does, no service ever waits for it.
package struct StatusPublisher<Database: StatusDatabase, Time: Clock>: Sendable
where Time.Duration == Duration, Time.Instant: Sendable {
    /// The host that writes.
    package struct Host: Sendable {
        package var name: String
        /// The daemon's version.
        package var version: String
        /// The database's URL, without credentials.
        package var database: String

        package init(name: String, version: String, database: String) {
            self.name = name
            self.version = version
            self.database = database
        }
    }

    private let database: Database
    private let board: StatusBoard
    private let host: Host
    private let clock: Time
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// - Parameters:
    ///   - database: The database to write to.
    ///   - board: The statuses to write.
    ///   - host: The host that writes.
    ///   - clock: Paces the writes.
    ///   - now: The time that is written into documents.
    ///   - logger: Logs once that the database can't be written to.
    package init(
        database: Database,
        board: StatusBoard,
        host: Host,
        clock: Time,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.database = database
        self.board = board
        self.host = host
        self.clock = clock
        self.now = now
        self.logger = logger
    }

    /// Writes until it is cancelled.
    ///
    /// Nothing is removed then, because the services run on.
    package func run() async {
        var outbox = StatusOutbox<Time.Instant>(start: clock.now)
        var failures = 0
        let started = now()
        while !Task.isCancelled {
            let statuses = board.statuses
            outbox.saw(statuses)
            do throws(StatusDatabaseError) {
                try await pass(&outbox, statuses, started)
                failures = 0
                tell(nil)
                await wait(until: outbox.next(statuses, after: clock.now), unlike: statuses)
            } catch {
                if Task.isCancelled { return }
                tell(error)
                outbox.lost()
                let delay = Self.delay(after: error, failures)
                failures += 1
                try? await clock.sleep(for: delay)
            }
        }
    }

    private func pass(
        _ outbox: inout StatusOutbox<Time.Instant>,
        _ statuses: [ServiceStatus],
        _ started: Date
    ) async throws(StatusDatabaseError) {
        if outbox.needsListing(at: clock.now) {
            let prefix = PublishedID.prefix(of: host.name)
            let found = try await database.revisions(startingWith: prefix)
            let named = found.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            outbox.listed(Dictionary(named) { first, _ in first }, at: clock.now)
        }
        if outbox.needsHeartbeat(at: clock.now) {
            let beat = PublishedHost(
                host: host.name,
                at: Self.text(now()),
                version: host.version,
                started: Self.text(started),
                heartbeatSeconds: Int(StatusOutbox<Time.Instant>.heartbeat.components.seconds)
            )
            outbox.beat(revision: try await write(PublishedID.daemon, beat, &outbox), at: clock.now)
        }
        for status in outbox.due(statuses, at: clock.now) {
            let document = PublishedStatus(host: host.name, at: Self.text(now()), status: status)
            outbox.wrote(status, revision: try await write(status.name, document, &outbox), at: clock.now)
        }
        for (name, revision) in outbox.gone(statuses, at: clock.now) { try await remove(name, revision, &outbox) }
    }

    /// Overwrites what is there: a host's documents are its own.
    private func write(
        _ name: String,
        _ document: some Encodable,
        _ outbox: inout StatusOutbox<Time.Instant>
    ) async throws(StatusDatabaseError) -> String {
        let id = PublishedID.of(name, on: host.name)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let body = try? encoder.encode(document) else { throw .refused("\(id) can't be encoded as JSON") }
        for _ in 1...3 {
            do throws(StatusDatabaseError) {
                return try await database.write(id, [UInt8](body), replacing: outbox.revision(of: name))
            } catch {
                guard error == .conflict else { throw error }
                outbox.found(try await database.revision(of: id), of: name)
            }
        }
        throw .unavailable(
            "another client keeps writing \(id): check whether another host has the name \(host.name), too"
        )
    }

    private func remove(
        _ name: String,
        _ revision: String,
        _ outbox: inout StatusOutbox<Time.Instant>
    ) async throws(StatusDatabaseError) {
        let id = PublishedID.of(name, on: host.name)
        do throws(StatusDatabaseError) {
            try await database.remove(id, revision: revision)
        } catch {
            guard error == .conflict else { throw error }
            if let found = try await database.revision(of: id) { try await database.remove(id, revision: found) }
        }
        outbox.removed(name)
    }

    /// Returns at the deadline, or when a service has changed.
    private func wait(until deadline: Time.Instant, unlike statuses: [ServiceStatus]) async {
        let changes = board.changes()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes where board.statuses != statuses { return }
            }
            group.addTask { try? await clock.sleep(until: deadline, tolerance: nil) }
            await group.next()
            group.cancelAll()
        }
    }

    /// The time until the next attempt: from 1 s to 1 min, or from 1 min to 5 min where a person must act.
    private static func delay(after error: StatusDatabaseError, _ failures: Int) -> Duration {
        let (first, longest): (Duration, Duration) =
            error.isTransient ? (.seconds(1), .seconds(60)) : (.seconds(60), .seconds(300))
        let doubled = first * (1 << min(failures, 10))
        // Random, so that many hosts don't come back at the same time.
        return max(first, min(doubled, longest) * Double.random(in: 0.75...1))
    }

    private func tell(_ error: StatusDatabaseError?) {
        let known = board.statusDatabase
        let problem = error.map { "\($0)" }
        board.setStatusDatabase(StatusDatabaseState(name: host.database, problem: problem))
        if let problem, known?.problem != problem {
            logger.warning(
                "the status can't be written to the status database; services aren't affected: \(problem)",
                [.path: host.database]
            )
        } else if problem == nil, known == nil || known?.problem != nil {
            logger.notice("the status is written to the status database", [.path: host.database])
        }
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
