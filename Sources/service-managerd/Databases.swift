import CouchDB
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization

/// The CouchDB databases that are watched: the daemon's own, and those that units name in their `COUCHDB_URL`.
///
/// Each is watched once, however many services it is for.
final class Databases: Sendable {
    private struct Request: Sendable {
        var location: CouchDBLocation
        /// Nil: every document is a definition.
        var service: ServiceID?
    }

    private let group: MultiThreadedEventLoopGroup
    private let known: Set<String>
    private let logger: Logger
    private let requests: AsyncStream<Request>
    private let inbox: AsyncStream<Request>.Continuation
    /// For which services a unit named which database.
    private let services = Mutex<[String: Set<String>]>([:])
    private let used = Mutex<Set<CouchDBLocation>>([])

    /// - Parameters:
    ///   - group: Where its connections live.
    ///   - known: Services of which something is remembered: a document that was deleted while nobody looked is asked for.
    ///   - logger: Where trouble is told.
    init(group: MultiThreadedEventLoopGroup, known: [ServiceID], logger: Logger) {
        self.group = group
        self.known = Set(known.map(\.rawValue))
        self.logger = logger
        (requests, inbox) = AsyncStream.makeStream()
    }

    /// The database of the daemon's own configuration.
    func useForAll(_ url: String, credentialsFile: String?, certificateAuthorityFile: String?) {
        do {
            let credentials = try credentialsFile.map { try CouchDBCredentials(contentsOfFile: $0) }
            let location = try CouchDBLocation(
                url,
                credentials: credentials,
                certificateAuthorityFile: certificateAuthorityFile
            )
            ask(Request(location: location, service: nil))
        } catch {
            logger.error("the configured CouchDB can't be used; services from other sources run on: \(error)")
        }
    }

    /// The database that a service's own unit names.
    func use(_ url: String, for service: ServiceID) {
        do throws(CouchDBLocationError) {
            ask(Request(location: try CouchDBLocation(url), service: service))
        } catch {
            logger.error("COUCHDB_URL in the unit of \(service) can't be used: \(error)")
        }
    }

    /// Every database that definitions come from.
    var locations: [CouchDBLocation] { used.withLock { Array($0) } }

    private func ask(_ request: Request) {
        used.withLock { _ = $0.insert(request.location) }
        inbox.yield(request)
    }

    /// Watches until it is cancelled.
    func run(_ manager: ManagerInbox) async {
        var watched: Set<String> = []
        await withDiscardingTaskGroup { tasks in
            for await request in requests {
                let url = request.location.description
                let key = request.service == nil ? "" : url
                if let service = request.service {
                    let isNew = services.withLock { $0[url, default: []].insert(service.rawValue).inserted }
                    // The documents that came before this service did are asked for once more.
                    if !isNew { continue }
                    watched.remove(key)
                }
                guard watched.insert(key).inserted else { continue }
                tasks.addTask { await self.watch(request, manager) }
            }
        }
    }

    private func watch(_ request: Request, _ manager: ManagerInbox) async {
        let client = CouchDBClient(location: request.location, eventLoopGroup: group)
        let source = CouchDBSource(client: client, clock: ContinuousClock(), generator: SystemRandomNumberGenerator())
        let url = request.location.description
        let origin = request.service == nil ? DefinitionOrigin.couchDB(url) : .unit(url)
        let service = request.service?.rawValue
        await source.run(knownIDs: service.map { known.intersection([$0]) } ?? known) { event in
            for event in DefinitionSources.events(event) where service == nil || event.id == nil || event.id == service
            {
                manager.send(.source(event, origin))
            }
        }
        await client.shutdown()
    }
}
