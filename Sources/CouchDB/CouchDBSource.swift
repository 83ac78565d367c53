import AsyncHTTPClient
import Synchronization

/// Watches all documents of a database: lists them, and then follows the changes feed, until it is cancelled.
///
/// Each connection takes the last sequence first, lists all documents then, and follows the feed from that sequence. So a
/// change may be seen twice, but none is missed. The connection is renewed every 5 min, which lists again. There is never a
/// listing beside an open feed, so nothing older follows something newer. The source only reads.
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
    ///   - knownIDs: Documents that are known from before. If a listing lacks one, it is read separately, and reported as
    ///     deleted if CouchDB says so.
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
                // A server that accepts connections only to drop them doesn't reset the back-off.
                if connection.end(), start.duration(to: clock.now) >= settings.steadyAfter { reconnection.reset() }
                let delay = reconnection.delay(after: error, using: &generator)
                await deliver(.disconnected(error, retryIn: delay))
                do { try await clock.sleep(for: delay) } catch { return }
            }
        }
    }

    /// Uses one connection; returns when it is time to list again.
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
                    // Only now is it certain that the server's data arrives.
                    if connection.begin() { await deliver(.connected) }
                    return
                }
                await deliver(event)
            }
            guard case .ended(let lastSequence, let rows) = end else { return }
            sequence = lastSequence
            // The server may end a feed at any time, but not repeatedly right after it was opened.
            emptyFeeds = rows == 0 && start.duration(to: clock.now) < .seconds(1) ? emptyFeeds + 1 : 0
            if emptyFeeds > 2 {
                throw .connection(operation: "changes feed", reason: "the server ends it as soon as it is open")
            }
        }
    }
}

extension CouchDBSource {
    /// Opens a feed.
    ///
    /// If its head doesn't arrive, although the server has just answered two requests, a proxy holds it up.
    private func openFeed(since sequence: String) async throws(CouchDBError) -> HTTPClientResponse.Body {
        do throws(CouchDBError) {
            return try await client.openFeed(since: sequence, heartbeat: settings.heartbeat)
        } catch {
            guard case .timedOut(_, let limit) = error else { throw error }
            throw .silent(limit)
        }
    }
}

/// Whether data of the feed has arrived since it was last opened.
final class ConnectionState: Sendable {
    private let isConnected = Mutex(false)

    /// Records that data arrived; true when it wasn't connected before.
    func begin() -> Bool {
        isConnected.withLock { isConnected in
            defer { isConnected = true }
            return !isConnected
        }
    }

    /// Records the end of the connection; true when it was connected.
    func end() -> Bool {
        isConnected.withLock { isConnected in
            defer { isConnected = false }
            return isConnected
        }
    }
}

/// The times and limits of a ``CouchDBSource``.
package struct CouchDBSourceSettings: Sendable, Hashable {
    /// How often the server should send a sign of life (CouchDB: at most 60 s); three missing ones end the connection.
    package var heartbeat = Duration.seconds(10)
    /// How often everything is listed again.
    package var listingInterval = Duration.seconds(300)
    /// How long a connection must have lasted for the back-off to start over.
    package var steadyAfter = Duration.seconds(10)
    /// The maximum size of a line of the feed in bytes; CouchDB's documents have at most 8,000,000.
    package var maximumLineLength = 8 << 20

    package init() {}
}

/// The ids that have been seen, shared between the reader of a feed and the loop around it.
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
