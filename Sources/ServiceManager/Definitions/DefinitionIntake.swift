package import Logging
package import ServiceModel

/// Brings the documents of all sources together, and turns them into events of their services.
///
/// One source counts for each service (`SourceRanking`). Which one is remembered over restarts.
package struct DefinitionIntake: Sendable {
    /// What an earlier daemon recorded about a service.
    package struct Memory: Equatable, Sendable {
        /// The source that counted; nil in the record of an earlier version.
        package var source: DefinitionOrigin?
        /// The newest accepted revision.
        package var target: Revision?
        /// Whether its unit is about to connect, and may name a database.
        package var hasUnit: Bool

        package init(source: DefinitionOrigin?, target: Revision? = nil, hasUnit: Bool = false) {
            self.source = source
            self.target = target
            self.hasUnit = hasUnit
        }
    }

    /// What each source last reported for an id.
    private(set) var documents: [String: [DefinitionOrigin: SourceDocument]] = [:]
    /// The sources that reported an id's document as deleted since a source last counted.
    private var deletions: [String: Set<DefinitionOrigin>] = [:]
    private(set) var problems: [DefinitionOrigin: String] = [:]
    private(set) var unusable: [DefinitionOrigin: [String: String]] = [:]
    /// The sources that every service may have a document in.
    private(set) var shared: Set<DefinitionOrigin>
    /// The databases that units name.
    private(set) var named: [String: DefinitionOrigin] = [:]
    /// Services whose unit has said which database it names, or that it names none.
    private(set) var heard: Set<String> = []
    /// Sources that have been read completely.
    private(set) var read: Set<DefinitionOrigin> = []
    private(set) var memories: [String: Memory]
    /// The source that counts for each id, where that was decided since the daemon started.
    private(set) var counting: [String: DefinitionOrigin] = [:]
    private let host: DefinitionHost
    private let logger: Logger

    /// - Parameters:
    ///   - hostName: What `hosts` in a definition is compared with.
    ///   - policy: What definitions may ask of this host.
    ///   - configured: The sources of the configuration.
    ///   - remembered: What an earlier daemon recorded about the services.
    ///   - logger: Logs documents that can't be used.
    package init(
        hostName: String,
        policy: Policy = Policy(),
        configured: Set<DefinitionOrigin> = [],
        remembered: [ServiceID: Memory] = [:],
        logger: Logger
    ) {
        host = DefinitionHost(name: hostName, policy: policy)
        shared = configured
        memories = Dictionary(uniqueKeysWithValues: remembered.map { ($0.key.rawValue, $0.value) })
        self.logger = logger
    }

    // MARK: What comes in

    /// Takes a source's event, and returns what follows for the services.
    package mutating func take(_ event: SourceEvent, from origin: DefinitionOrigin) -> [(ServiceID, IntakeEvent)] {
        if origin.isUnits {
            // A late event of a database that is no longer followed.
            guard isNamed(origin) else { return [] }
        } else {
            shared.insert(origin)
        }
        switch event {
        case .present(let document): return present(document, origin)
        case .deleted(let id):
            documents[id]?[origin] = nil
            unusable[origin]?[id] = nil
            deletions[id, default: []].insert(origin)
            return settle(id, news: origin)
        case .unusable(let id, let reason):
            note(id, reason, origin)
            return []
        case .listed:
            read.insert(origin)
            return settleAll()
        case .unavailable(let reason):
            if problems.updateValue(reason, forKey: origin) == nil {
                logger.warning(
                    "a source of definitions can't be read; all services run on: \(reason)",
                    [.path: "\(origin)"]
                )
            }
            return []
        case .available:
            if problems.removeValue(forKey: origin) != nil {
                logger.notice("a source of definitions can be read again", [.path: "\(origin)"])
            }
            read.insert(origin)
            return settleAll()
        }
    }

    /// Takes the database that a service's unit names; nil when it names none, or the unit no longer exists.
    package mutating func name(_ origin: DefinitionOrigin?, by service: ServiceID) -> [(ServiceID, IntakeEvent)] {
        heard.insert(service.rawValue)
        let before = named[service.rawValue]
        named[service.rawValue] = origin
        if let before, before != origin {
            logger.notice(
                "\(service): its unit now names \(origin.map { "\($0)" } ?? "no database"), and no longer \(before)",
                [.service: "\(service)"]
            )
        }
        endUnnamed()
        return settle(service.rawValue)
    }

    /// Stops waiting for the units that services of an earlier version may have.
    package mutating func stopWaitingForUnits() -> [(ServiceID, IntakeEvent)] {
        let waiting = memories.filter { $0.value.hasUnit && $0.value.source == nil && !heard.contains($0.key) }.keys
        for id in waiting { memories[id]?.hasUnit = false }
        return waiting.sorted().flatMap { settle($0) }
    }

    private mutating func present(_ document: SourceDocument, _ origin: DefinitionOrigin) -> [(ServiceID, IntakeEvent)]
    {
        let id = document.id
        do throws(DefinitionError) {
            _ = try ServiceID(id)
        } catch {
            note(id, "its id can't be a service: \(error)", origin)
            return []
        }
        guard let revision = try? Revision(document.revision) else {
            note(id, "its revision can't be part of a unit's name", origin)
            return []
        }
        unusable[origin]?[id] = nil
        deletions[id]?.remove(origin)
        let isNew = documents[id, default: [:]].updateValue(document, forKey: origin) == nil
        // An earlier version kept no record of sources: what it had accepted tells which one counted.
        if let memory = memories[id], memory.source == nil, memory.target == revision { memories[id]?.source = origin }
        let events = settle(id, news: origin)
        if isNew, let counts = counting[id], counts != origin, counts < origin {
            logger.warning(
                "a definition is shadowed by the same id in a source of higher rank",
                [.service: id, .path: "\(origin)"]
            )
        }
        return events
    }

    private mutating func note(_ id: String, _ reason: String, _ origin: DefinitionOrigin) {
        guard unusable[origin, default: [:]].updateValue(reason, forKey: id) != reason else { return }
        logger.error("a definition can't be used: \(reason)", [.service: id, .path: "\(origin)"])
    }

    /// Forgets databases that no unit names any more.
    private mutating func endUnnamed() {
        let known = Set(problems.keys).union(read).union(unusable.keys).union(documents.values.flatMap(\.keys))
        for origin in known where origin.isUnits && !isNamed(origin) {
            for id in documents.keys { documents[id]?[origin] = nil }
            for id in deletions.keys { deletions[id]?.remove(origin) }
            problems[origin] = nil
            unusable[origin] = nil
            read.remove(origin)
        }
    }

    private func isNamed(_ origin: DefinitionOrigin) -> Bool { named.values.contains(origin) }

    // MARK: Which source counts

    func ranking(_ id: String) -> SourceRanking {
        let memory = memories[id]
        let remembered = counting[id] ?? memory?.source
        var sources = shared
        if let named = named[id] {
            sources.insert(named)
        } else if let remembered, remembered.isUnits, !heard.contains(id) {
            sources.insert(remembered)
        }
        let having = Set((documents[id] ?? [:]).keys).intersection(sources)
        let unknown = sources.filter { source in
            if having.contains(source) || deletions[id]?.contains(source) == true { return false }
            return !read.contains(source) || unusable[source]?[id] != nil
        }
        return SourceRanking(sources: sources, having: having, unknown: unknown, remembered: remembered)
    }

    private func isWaitingForUnit(_ id: String) -> Bool {
        guard let memory = memories[id], memory.hasUnit, memory.source == nil else { return false }
        return !heard.contains(id)
    }

    private mutating func settleAll() -> [(ServiceID, IntakeEvent)] {
        Set(documents.keys).union(deletions.keys).sorted().flatMap { settle($0) }
    }

    /// Decides which source counts for an id.
    ///
    /// - Parameters:
    ///   - id: The document's id.
    ///   - news: The source that has just reported on it, if one has.
    /// - Returns: What follows for the service.
    private mutating func settle(_ id: String, news: DefinitionOrigin? = nil) -> [(ServiceID, IntakeEvent)] {
        guard let service = try? ServiceID(id) else { return [] }
        if isWaitingForUnit(id) { return [] }
        let ranking = ranking(id)
        switch ranking.choice {
        case .counts(let origin):
            deletions[id] = nil
            let isNews = counting.updateValue(origin, forKey: id) != origin || news == origin
            guard isNews, let document = documents[id]?[origin] else { return [] }
            return [(service, read(document))]
        case .waits:
            // A document that was deleted from the source that counted last is withdrawn, even when another source can't be
            // read: that source didn't count before either.
            guard let last = ranking.remembered, ranking.sources.contains(last), ranking.having.isEmpty,
                deletions[id]?.contains(last) == true
            else {
                return []
            }
            return withdraw(service)
        case .nothing:
            let deletedIn = (deletions[id] ?? []).intersection(ranking.sources)
            guard !deletedIn.isEmpty else { return [] }
            if let last = ranking.remembered, ranking.sources.contains(last), !deletedIn.contains(last) { return [] }
            return withdraw(service)
        }
    }

    private mutating func withdraw(_ service: ServiceID) -> [(ServiceID, IntakeEvent)] {
        counting[service.rawValue] = nil
        memories[service.rawValue] = nil
        deletions[service.rawValue] = nil
        return [(service, .withdrawn)]
    }

    private func read(_ document: SourceDocument) -> IntakeEvent {
        // The revision was checked when the document came.
        guard let revision = try? Revision(document.revision) else { return .withdrawn }
        let report = ServiceDefinition.decode(document.body)
        for warning in report.warnings { logger.warning("\(document.id): \(warning)", [.service: document.id]) }
        guard let definition = report.definition else {
            return .rejected(revision, report.errors.map(\.description))
        }
        let violations = host.policy.violations(of: definition)
        guard violations.isEmpty else { return .rejected(revision, violations.map(\.description)) }
        return .accepted(
            AcceptedDefinition(
                revision: revision,
                definition: definition.placed(on: host.name),
                document: document.body
            )
        )
    }
}

/// What a service is told of its definition.
package enum IntakeEvent: Equatable, Sendable {
    case accepted(AcceptedDefinition)
    case rejected(Revision, [String])
    case withdrawn
}
