import AsyncHTTPClient
import Synchronization

/// Keeps an eye on all documents of a database: lists them, then follows the changes feed, for ever.
///
/// Each connection takes the last sequence first, lists all documents then, and follows the feed from that sequence, so a
/// change may be seen twice but none is missed. The connection is renewed every five minutes, which lists again; as there is
/// never a listing beside an open feed, nothing older follows something newer. It only reads.
package struct CouchDBSource<C: Clock<Duration>, Generator: RandomNumberGenerator & Sendable>: Sendable {
    let client: CouchDBClient
    let settings: CouchDBSourceSettings
    let clock: C
    private let generator: Generator

    /// Makes a source; nothing is connected until ``run(knownIDs:deliver:)``.
    package init(
        client: CouchDBClient,
        settings: CouchDBSourceSettings = CouchDBSourceSettings(),
        clock: C,
        generator: Generator
    ) {
        self.client = client
        self.settings = settings
        self.clock = clock
        self.generator = generator
    }

    /// Reports events until its task is cancelled.
    ///
    /// - Parameters:
    ///   - knownIDs: Documents known from earlier: one that a listing lacks is read by itself, and reported as deleted if
    ///     CouchDB says that it was.
    ///   - deliver: Called for one event after another; the feed isn't read meanwhile.
    package func run(
        knownIDs: Set<String> = [],
        deliver: @escaping @Sendable (CouchDBEvent) async -> Void
    ) async {
        let known = KnownDocuments(knownIDs)
        let connection = ConnectionState()
        var reconnection = Reconnection()
        var generator = generator
        while !Task.isCancelled {
            let start = clock.now
            do throws(CouchDBError) {
                try await connectAndFollow(known: known, connection: connection, deliver: deliver)
            } catch {
                if Task.isCancelled || error == .cancelled { return }
                // A server that takes connections only to drop them gets no fresh start.
                if connection.end(), start.duration(to: clock.now) >= settings.steadyAfter { reconnection.reset() }
                let delay = reconnection.delay(after: error, using: &generator)
                await deliver(.disconnected(error, retryIn: delay))
                do { try await clock.sleep(for: delay) } catch { return }
            }
        }
    }

    /// One connection; returns when it is time to list again.
    private func connectAndFollow(
        known: KnownDocuments,
        connection: ConnectionState,
        deliver: @escaping @Sendable (CouchDBEvent) async -> Void
    ) async throws(CouchDBError) {
        let renewal = clock.now.advanced(by: settings.listingInterval)
        var sequence = try await client.lastSequence()
        let documents = try await client.allDocuments()
        await deliver(.listed(documents))
        for id in known.missing(from: documents) {
            switch try await client.document(id) {
            case .found(let document): await deliver(.changed(document))
            case .deleted:
                known.remove(id)
                await deliver(.deleted(id: id, revision: nil))
            case .missing: break
            }
        }
        var emptyFeeds = 0
        while true {
            let body = try await openFeed(since: sequence)
            let start = clock.now
            let end = try await follow(body, known: known, until: renewal) { event in
                guard let event else {
                    // Only now is it certain that what the server sends comes through.
                    if connection.begin() { await deliver(.connected) }
                    return
                }
                await deliver(event)
            }
            guard case .ended(let lastSequence, let rows) = end else { return }
            sequence = lastSequence
            // The server may end a feed whenever it likes, but not over and over at once.
            emptyFeeds = rows == 0 && start.duration(to: clock.now) < .seconds(1) ? emptyFeeds + 1 : 0
            if emptyFeeds > 2 {
                throw .connection(operation: "changes feed", reason: "the server ends it as soon as it is open")
            }
        }
    }
}

extension CouchDBSource {
    /// A feed whose head doesn't come, although the server has just answered two requests, is held up by what is in between.
    private func openFeed(since sequence: String) async throws(CouchDBError) -> HTTPClientResponse.Body {
        do throws(CouchDBError) {
            return try await client.openFeed(since: sequence, heartbeat: settings.heartbeat)
        } catch {
            guard case .timedOut(_, let limit) = error else { throw error }
            throw .silent(limit)
        }
    }
}

/// Whether the feed has been heard of since it was opened last.
final class ConnectionState: Sendable {
    private let isConnected = Mutex(false)

    /// True when it wasn't connected before.
    func begin() -> Bool {
        isConnected.withLock { isConnected in
            defer { isConnected = true }
            return !isConnected
        }
    }

    /// True when it was connected.
    func end() -> Bool {
        isConnected.withLock { isConnected in
            defer { isConnected = false }
            return isConnected
        }
    }
}

/// The times and limits of a ``CouchDBSource``.
package struct CouchDBSourceSettings: Sendable, Hashable {
    /// How often the server is asked to send a sign of life (CouchDB: 60 s at most); three missing ones end the connection.
    package var heartbeat = Duration.seconds(10)
    /// How often everything is listed again.
    package var listingInterval = Duration.seconds(300)
    /// How long a connection must have lasted for the back-off to start over.
    package var steadyAfter = Duration.seconds(10)
    /// The most bytes in one line of the feed; CouchDB's documents have 8,000,000 at most.
    package var maximumLineLength = 8 << 20

    package init() {}
}

/// The ids seen so far, shared between the reader of a feed and the loop around it.
final class KnownDocuments: Sendable {
    private let ids: Mutex<Set<String>>

    init(_ ids: Set<String>) {
        self.ids = Mutex(ids)
    }

    /// Adds the listed ids; returns the known ones that aren't among them.
    func missing(from documents: [CouchDBDocument]) -> [String] {
        ids.withLock { ids in
            let listed = Set(documents.map(\.id))
            let missing = ids.subtracting(listed)
            ids.formUnion(listed)
            return missing.sorted()
        }
    }

    func insert(_ id: String) { ids.withLock { _ = $0.insert(id) } }
    func remove(_ id: String) { ids.withLock { _ = $0.remove(id) } }
}
