import BlockingCalls
package import CouchDB
package import Logging
package import NIOPosix
package import ServiceModel
import Synchronization

/// The CouchDB databases that are watched: the daemon's own, and those that units name in their `COUCHDB_URL`.
///
/// Each is watched once, however many services use it, and only while a unit names it.
package final class Databases: Sendable {
    /// The database of the daemon's configuration.
    package struct Own: Sendable {
        private let url: String
        private let credentialsFile: String?
        private let certificateAuthorityFile: String?

        /// - Parameters:
        ///   - url: Its URL.
        ///   - credentialsFile: A file with `user:password` in its first line; nil when the URL has them, or none are needed.
        ///   - certificateAuthorityFile: The certificate authorities to trust for https; nil for the system's.
        package init(url: String, credentialsFile: String? = nil, certificateAuthorityFile: String? = nil) {
            self.url = url
            self.credentialsFile = credentialsFile
            self.certificateAuthorityFile = certificateAuthorityFile
        }

        /// Its name: the URL without credentials.
        package var origin: DefinitionOrigin {
            do throws(CouchDBLocationError) {
                return .couchDB("\(try CouchDBLocation(url))")
            } catch {
                return .couchDB(error.url ?? "the configured CouchDB")
            }
        }

        /// Reads the credentials file, which may block.
        fileprivate func location() throws(CouchDBLocationError) -> CouchDBLocation {
            try CouchDBLocation(
                url,
                credentials: try credentialsFile.map { file throws(CouchDBLocationError) in
                    try CouchDBCredentials(contentsOfFile: file)
                },
                certificateAuthorityFile: certificateAuthorityFile
            )
        }
    }

    private struct Wanted {
        /// The databases that units name, by service.
        var units: [ServiceID: CouchDBLocation] = [:]
        /// The database of units that name none, while a service depends on it.
        var fallback: CouchDBLocation?
        var own: CouchDBLocation?

        /// The databases, each with its origins: one unit may name the database that another uses because it names none.
        var locations: [CouchDBLocation: Set<DefinitionOrigin>] {
            var locations: [CouchDBLocation: Set<DefinitionOrigin>] = [:]
            if let fallback { locations[fallback, default: []].insert(.defaultDatabase(fallback.description)) }
            for location in units.values { locations[location, default: []].insert(.unit(location.description)) }
            return locations
        }
    }

    /// How long until a credentials file that couldn't be used is read again.
    private static let retryInterval = Duration.seconds(10)

    private let group: MultiThreadedEventLoopGroup
    private let known: Set<String>
    private let own: Own?
    private let logger: Logger
    private let inbox: ManagerInbox
    private let clock: any Clock<Duration>
    private let wanted = Mutex(Wanted())
    private let watches = EndableWork<CouchDBLocation>()
    private let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - group: Where its connections live.
    ///   - known: Services that are recorded: their documents may have been deleted while no daemon ran, so they are asked for.
    ///   - own: The database of the daemon's configuration.
    ///   - inbox: Receives what the databases report.
    ///   - clock: Paces retries.
    ///   - logger: Logs what can't be used.
    package init(
        group: MultiThreadedEventLoopGroup,
        known: [ServiceID],
        own: Own?,
        inbox: ManagerInbox,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.group = group
        self.known = Set(known.map(\.rawValue))
        self.own = own
        self.inbox = inbox
        self.clock = clock
        self.logger = logger
    }

    /// Uses the database that a service's own unit names; nil when it names none.
    ///
    /// A unit that names none uses the daemon's database, or where there is none, the one that the predecessor used.
    package func use(_ url: String?, for service: ServiceID) {
        guard let url else {
            name(nil, by: service)
            let fallback = Self.fallback.map { DefinitionOrigin.defaultDatabase($0.description) }
            return inbox.send(.databaseNamed(service, own == nil ? fallback : nil))
        }
        do throws(CouchDBLocationError) {
            let location = try CouchDBLocation(url)
            name(location, by: service)
            inbox.send(.databaseNamed(service, .unit(location.description)))
        } catch {
            logger.error("COUCHDB_URL in the unit of \(service) can't be used: \(error)")
            name(nil, by: service)
            let origin = DefinitionOrigin.unit(error.url ?? "COUCHDB_URL of \(service)@manager")
            inbox.send(.databaseNamed(service, origin))
            inbox.send(.source(.unavailable("\(error)"), origin))
        }
    }

    /// Forgets the database of a service that no longer has a unit.
    package func forget(_ service: ServiceID) {
        name(nil, by: service)
        inbox.send(.databaseNamed(service, nil))
    }

    /// Whether a service depends on the database of units that name none.
    package func useDefault(_ isNeeded: Bool) {
        wanted.withLock { $0.fallback = isNeeded ? Self.fallback : nil }
        change.yield()
    }

    /// Every database that definitions come from.
    package var locations: [CouchDBLocation] {
        wanted.withLock { [$0.own].compactMap(\.self) + Array($0.locations.keys) }
    }

    /// The database of units that name none.
    ///
    /// It is nil only if the constant isn't a URL.
    private static let fallback = try? CouchDBLocation(DefinitionOrigin.defaultDatabaseURL)

    private func name(_ location: CouchDBLocation?, by service: ServiceID) {
        wanted.withLock { $0.units[service] = location }
        change.yield()
    }

    /// Watches until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            if let own { tasks.addTask { await self.watch(own) } }
            var watched: [CouchDBLocation: Set<DefinitionOrigin>] = [:]
            for await _ in changes {
                let wanted = wanted.withLock { $0.locations }
                for (location, origins) in watched where wanted[location] != origins {
                    if wanted[location] == nil {
                        logger.info("\(location) is no longer asked: no unit names it any more", [.path: "\(location)"])
                    }
                    watches.end(location)
                }
                // A database that gets another origin is read from the beginning for that origin.
                for (location, origins) in wanted where watched[location] != origins {
                    tasks.addTask {
                        await self.watches.run(location) {
                            // It may have been cancelled before it began.
                            guard self.wanted.withLock({ $0.locations[location] }) == origins else { return }
                            await self.watch(location, origins)
                        }
                    }
                }
                watched = wanted
            }
        }
    }

    /// Watches the daemon's own database; a credentials file that can't be used is read again until a person has corrected it.
    private func watch(_ own: Own) async {
        let origin = own.origin
        var lastProblem: CouchDBLocationError?
        while !Task.isCancelled {
            do throws(CouchDBLocationError) {
                let location = try await BlockingPool.files.run {
                    Result { () throws(CouchDBLocationError) in try own.location() }
                }.get()
                wanted.withLock { $0.own = location }
                return await watch(location, [origin])
            } catch {
                if error != lastProblem {
                    logger.error("the configured CouchDB can't be used; services from other sources run on: \(error)")
                    inbox.send(.source(.unavailable("\(error)"), origin))
                }
                lastProblem = error
            }
            try? await clock.sleep(for: Self.retryInterval)
        }
    }

    private func watch(_ location: CouchDBLocation, _ origins: Set<DefinitionOrigin>) async {
        let client = CouchDBClient(location: location, eventLoopGroup: group)
        let source = CouchDBSource(client: client, clock: ContinuousClock(), generator: SystemRandomNumberGenerator())
        await source.run(knownIDs: known) { [inbox] event in
            for event in DefinitionSources.events(event) {
                for origin in origins { inbox.send(.source(event, origin)) }
            }
        }
        await client.shutdown()
    }
}
