package import Logging
package import ServiceModel

/// Where a definition comes from.
///
/// The first of these that knows an id is the one that counts.
package enum DefinitionOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The `COUCHDB_URL` of the service's own unit; the URL has no password.
    case unit(String)
    /// The daemon's own CouchDB.
    case couchDB(String)
    /// A directory of files.
    case directory(String)

    private var rank: Int {
        switch self {
        case .unit: 0
        case .couchDB: 1
        case .directory: 2
        }
    }

    package static func < (left: DefinitionOrigin, right: DefinitionOrigin) -> Bool {
        (left.rank, left.description) < (right.rank, right.description)
    }

    /// True for a database that only a unit names.
    var isUnits: Bool {
        if case .unit = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .unit(let url), .couchDB(let url): url
        case .directory(let path): path
        }
    }
}

/// A document as a source gave it.
package struct SourceDocument: Equatable, Sendable {
    package var id: String
    package var revision: String
    package var body: [UInt8]

    package init(id: String, revision: String, body: [UInt8]) {
        self.id = id
        self.revision = revision
        self.body = body
    }
}

/// What any source reports.
package enum SourceEvent: Equatable, Sendable {
    /// A document is there; it may have been reported before.
    case present(SourceDocument)
    /// A document was deleted, and that was confirmed.
    case deleted(id: String)
    /// A document is there and can't be used.
    case unusable(id: String, reason: String)
    /// The source can't be seen; nothing is known to have changed.
    case unavailable(String)
    /// The source is seen again.
    case available

    /// Whose document it is about; nil for the source as a whole.
    package var id: String? {
        switch self {
        case .present(let document): document.id
        case .deleted(let id), .unusable(let id, _): id
        case .unavailable, .available: nil
        }
    }
}

/// Brings the documents of all sources together, and turns them into events of their services.
package struct DefinitionIntake: Sendable {
    /// What each source last said of an id.
    private var documents: [String: [DefinitionOrigin: SourceDocument]] = [:]
    private var problems: [DefinitionOrigin: String] = [:]
    private var origins: Set<DefinitionOrigin> = []
    /// The sources that have been seen whole, without those that units name.
    private var listed: Set<DefinitionOrigin> = []
    /// Deletions of ids that no source has, from before all sources were seen: another may have the document now.
    private var heldDeletions: [String: DefinitionOrigin] = [:]
    private let expectedSources: Int
    private let hostName: String
    private let logger: Logger

    /// - Parameters:
    ///   - hostName: What `hosts` in a definition is compared with.
    ///   - expectedSources: How many sources are configured.
    ///   - logger: Where documents that can't be used are told.
    package init(hostName: String, expectedSources: Int = 0, logger: Logger) {
        self.hostName = hostName
        self.expectedSources = expectedSources
        self.logger = logger
    }

    /// The sources that were heard of, and why those that can't be seen can't be.
    package var sources: [SourceState] {
        origins.sorted().map { SourceState(origin: $0, problem: problems[$0]) }
    }

    /// Where the definitions of a service come from: the one that counts first, then those that it shadows.
    package func origins(of service: ServiceID) -> [DefinitionOrigin] {
        documents[service.rawValue]?.keys.sorted() ?? []
    }

    /// What follows for the services.
    package mutating func take(_ event: SourceEvent, from origin: DefinitionOrigin) -> [(ServiceID, IntakeEvent)] {
        origins.insert(origin)
        switch event {
        case .present(let document): return present(document, origin)
        case .deleted(let id):
            guard documents[id]?[origin] != nil || documents[id] == nil else { return [] }
            guard documents[id] != nil || listed.count >= expectedSources else {
                heldDeletions[id] = origin
                return []
            }
            let counted = documents[id]?.keys.min() ?? origin
            documents[id]?[origin] = nil
            guard counted == origin, let service = try? ServiceID(id) else { return [] }
            if let next = documents[id]?.min(by: { $0.key < $1.key }) { return read(next.value, service) }
            documents[id] = nil
            return [(service, .withdrawn)]
        case .unusable(let id, let reason):
            logger.error("a definition can't be used: \(reason)", [.service: id, .path: "\(origin)"])
            return []
        case .unavailable(let reason):
            if problems.updateValue(reason, forKey: origin) == nil {
                logger.warning(
                    "a source of definitions can't be seen; all services run on: \(reason)",
                    [.path: "\(origin)"]
                )
            }
            return []
        case .available:
            if problems.removeValue(forKey: origin) != nil {
                logger.notice("a source of definitions is seen again", [.path: "\(origin)"])
            }
            if !origin.isUnits { listed.insert(origin) }
            return releaseDeletions()
        }
    }

    /// The deletions that hold now that every source has been seen.
    private mutating func releaseDeletions() -> [(ServiceID, IntakeEvent)] {
        guard listed.count >= expectedSources else { return [] }
        let held = heldDeletions.filter { documents[$0.key] == nil }
        heldDeletions = [:]
        return held.keys.sorted().compactMap { id in (try? ServiceID(id)).map { ($0, .withdrawn) } }
    }

    private mutating func present(_ document: SourceDocument, _ origin: DefinitionOrigin) -> [(ServiceID, IntakeEvent)]
    {
        let isNew = documents[document.id]?.updateValue(document, forKey: origin) == nil
        if documents[document.id] == nil { documents[document.id] = [origin: document] }
        guard let counted = documents[document.id]?.keys.min(), counted == origin else {
            if isNew {
                logger.warning(
                    "a definition is shadowed by the same id in a source that comes first",
                    [.service: document.id, .path: "\(origin)"]
                )
            }
            return []
        }
        do throws(DefinitionError) {
            return read(document, try ServiceID(document.id))
        } catch {
            logger.error("a document's id can't be a service: \(error)", [.path: "\(origin)"])
            return []
        }
    }

    private func read(_ document: SourceDocument, _ service: ServiceID) -> [(ServiceID, IntakeEvent)] {
        guard let revision = try? Revision(document.revision) else {
            logger.error("a document's revision can't be part of a unit's name", [.service: "\(service)"])
            return []
        }
        let report = ServiceDefinition.decode(document.body)
        for warning in report.warnings { logger.warning("\(service): \(warning)", [.service: "\(service)"]) }
        guard let definition = report.definition else {
            return [(service, .rejected(revision, report.errors.map(\.description)))]
        }
        let accepted = AcceptedDefinition(
            revision: revision,
            definition: definition.placed(on: hostName),
            document: document.body
        )
        return [(service, .accepted(accepted))]
    }
}

/// What a service is told of its definition.
package enum IntakeEvent: Equatable, Sendable {
    case accepted(AcceptedDefinition)
    case rejected(Revision, [String])
    case withdrawn
}
