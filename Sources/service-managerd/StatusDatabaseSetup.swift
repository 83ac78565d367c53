import ControlAPI
import CouchDB
import Logging
import NIOCore
import ServiceManager

/// The configured status database.
///
/// It is made once, for both the publisher and the control socket.
struct StatusDatabaseSetup: Sendable {
    /// What the configuration led to.
    enum Outcome: Sendable {
        /// None is configured.
        case absent
        /// The configured database can't be used; the reason is a sentence.
        case unusable(String)
        case usable(CouchDBStatusDatabase, CouchDBClient)
    }

    /// The time limit of a request.
    ///
    /// After it, the request is repeated later, and nothing waits for it.
    private static let requestTimeout = Duration.seconds(10)

    let outcome: Outcome

    /// - Parameters:
    ///   - configuration: Names the database.
    ///   - group: The event loops of its connections.
    ///   - definitions: The databases that definitions come from, as they become known.
    init(
        _ configuration: Configuration,
        group: any EventLoopGroup,
        definitions: @escaping @Sendable () -> [CouchDBLocation]
    ) {
        guard let url = configuration.statusDatabaseURL else {
            outcome = .absent
            return
        }
        do throws(CouchDBLocationError) {
            let location = try CouchDBLocation(
                url,
                credentials: try Self.credentials(configuration.statusDatabaseCredentialsFile),
                certificateAuthorityFile: configuration.statusDatabaseCAFile
            )
            if configuration.hostName.contains(":") || configuration.hostName.isEmpty {
                outcome = .unusable(
                    "host_name is \"\(configuration.hostName)\", expected a name without a colon for the status database"
                )
            } else if Self.isOfDefinitions(location, configuration) {
                outcome = .unusable(CouchDBStatusDatabase.refusal(location))
            } else {
                let client = CouchDBClient(
                    location: location,
                    requestTimeout: Self.requestTimeout,
                    eventLoopGroup: group
                )
                outcome = .usable(CouchDBStatusDatabase(client: client, definitions: definitions), client)
            }
        } catch {
            outcome = .unusable("\(error)")
        }
    }

    /// Writes the status until it is cancelled; or logs why that isn't possible.
    func publish(_ board: StatusBoard, _ configuration: Configuration, _ logger: Logger) async {
        switch outcome {
        case .absent: return
        case .unusable(let reason):
            logger.error("the status database can't be used; services aren't affected: \(reason)")
        case .usable(let database, let client):
            await StatusPublisher(
                database: database,
                board: board,
                host: .init(name: configuration.hostName, version: Version.current, database: database.name),
                clock: ContinuousClock(),
                logger: logger
            ).run()
            await client.shutdown()
        }
    }

    private static func credentials(_ file: String?) throws(CouchDBLocationError) -> CouchDBCredentials? {
        guard let file else { return nil }
        return try CouchDBCredentials(contentsOfFile: file)
    }

    private static func isOfDefinitions(_ location: CouchDBLocation, _ configuration: Configuration) -> Bool {
        guard let url = configuration.couchDBURL, let definitions = try? CouchDBLocation(url) else { return false }
        return location.isSameDatabase(as: definitions)
    }
}
