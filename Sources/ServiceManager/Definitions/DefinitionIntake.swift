package import Logging
package import ServiceModel

/// Brings the documents of all sources together, and turns them into events of their services.
///
/// For each service one source counts (`SourceRanking`); which one that is, is remembered over restarts.
package struct DefinitionIntake: Sendable {
    /// What is remembered of a service from before this daemon.
    package struct Memory: Equatable, Sendable {
        /// The source that counted; nil in what an earlier version left.
        package var source: DefinitionOrigin?
        /// The newest accepted revision.
        package var target: Revision?
        /// Whether its unit is about to come forward, and may name a database.
        package var hasUnit: Bool

        package init(source: DefinitionOrigin?, target: Revision? = nil, hasUnit: Bool = false) {
            self.source = source
            self.target = target
            self.hasUnit = hasUnit
        }
    }

    /// What each source last said of an id.
    private var documents: [String: [DefinitionOrigin: SourceDocument]] = [:]
    /// Sources that said of an id that its document was deleted, since the last one that counted.
    private var deletions: [String: Set<DefinitionOrigin>] = [:]
    private var problems: [DefinitionOrigin: String] = [:]
    private var unusable: [DefinitionOrigin: [String: String]] = [:]
    /// The sources that every service may have a document in.
    private var shared: Set<DefinitionOrigin>
    /// The databases that units name.
    private var named: [String: DefinitionOrigin] = [:]
    /// Services whose unit has said which database it names, or that it names none.
    private var heard: Set<String> = []
    /// Sources that have been read whole.
    private var read: Set<DefinitionOrigin> = []
    private var memories: [String: Memory]
    /// The source that counts, where one was found to since the daemon started.
    private var counting: [String: DefinitionOrigin] = [:]
    private let hostName: String
    private let logger: Logger

    /// - Parameters:
    ///   - hostName: What `hosts` in a definition is compared with.
    ///   - configured: The sources of the configuration.
    ///   - remembered: What is remembered of the services from before this daemon.
    ///   - logger: Where documents that can't be used are told.
    package init(
        hostName: String,
        configured: Set<DefinitionOrigin> = [],
        remembered: [ServiceID: Memory] = [:],
        logger: Logger
    ) {
        self.hostName = hostName
        shared = configured
        memories = Dictionary(uniqueKeysWithValues: remembered.map { ($0.key.rawValue, $0.value) })
        self.logger = logger
    }

    // MARK: What comes in

    /// What follows for the services.
    package mutating func take(_ event: SourceEvent, from origin: DefinitionOrigin) -> [(ServiceID, IntakeEvent)] {
        if origin.isUnits {
            // The last words of a database that is no longer asked.
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
                    "a source of definitions can't be seen; all services run on: \(reason)",
                    [.path: "\(origin)"]
                )
            }
            return []
        case .available:
            if problems.removeValue(forKey: origin) != nil {
                logger.notice("a source of definitions is seen again", [.path: "\(origin)"])
            }
            read.insert(origin)
            return settleAll()
        }
    }

    /// A service's unit says which database it names; nil: none, or the unit is gone.
    package mutating func name(_ origin: DefinitionOrigin?, by service: ServiceID) -> [(ServiceID, IntakeEvent)] {
        heard.insert(service.rawValue)
        let before = named[service.rawValue]
        named[service.rawValue] = origin
        if let before, before != origin {
            logger.notice(
                "\(service): its unit names \(origin.map { "\($0)" } ?? "no database") now, and \(before) no longer",
                [.service: "\(service)"]
            )
        }
        endUnnamed()
        return settle(service.rawValue)
    }

    /// The units that an earlier version's services may have are not waited for any longer.
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
                "a definition is shadowed by the same id in a source that comes first",
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

    private func ranking(_ id: String) -> SourceRanking {
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

    /// Looks which source counts for an id.
    ///
    /// - Parameters:
    ///   - id: Whose document.
    ///   - news: The source that has just spoken of it, if one has.
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
            // What was seen to be deleted where it counted last goes, even when another source can't be seen: that one didn't
            // count before either.
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
        // It was looked at when the document came.
        guard let revision = try? Revision(document.revision) else { return .withdrawn }
        let report = ServiceDefinition.decode(document.body)
        for warning in report.warnings { logger.warning("\(document.id): \(warning)", [.service: document.id]) }
        guard let definition = report.definition else {
            return .rejected(revision, report.errors.map(\.description))
        }
        return .accepted(
            AcceptedDefinition(
                revision: revision,
                definition: definition.placed(on: hostName),
                document: document.body
            )
        )
    }

    // MARK: What is shown

    /// The sources that are asked, why those that can't be seen can't be, and what in them can't be used.
    package var sources: [SourceState] {
        let spoken = Set(problems.keys).union(read).union(unusable.keys).union(documents.values.flatMap(\.keys))
        return spoken.union(shared).sorted().map { origin in
            SourceState(
                origin: origin,
                problem: problems[origin],
                isRead: read.contains(origin),
                unusable: (unusable[origin] ?? [:]).sorted { $0.key < $1.key }
                    .map { SourceState.Unusable(id: $0.key, reason: $0.value) }
            )
        }
    }

    /// Where the definitions of a service come from: the one that counts first, then those that it shadows.
    package func origins(of service: ServiceID) -> [DefinitionOrigin] {
        let ranking = ranking(service.rawValue)
        guard let first = source(of: service) else { return [] }
        return [first] + ranking.having.subtracting([first]).sorted()
    }

    /// The source that counts for a service; while none has been found to, the one that did before.
    package func source(of service: ServiceID) -> DefinitionOrigin? {
        counting[service.rawValue] ?? memories[service.rawValue]?.source
    }

    /// What was noticed about where a service's definition comes from, in sentences.
    package func warnings(of service: ServiceID) -> [String] {
        let id = service.rawValue
        let ranking = ranking(id)
        var warnings: [String] = []
        if let origin = source(of: service), let document = documents[id]?[origin], !document.conflicts.isEmpty {
            warnings.append(
                "its document has conflicts: \(document.revision) counts, and \(document.conflicts.joined(separator: ", ")) "
                    + "lost against it; look at them in \(origin)/\(id)?rev=REVISION, and delete those that aren't wanted"
            )
        }
        switch ranking.choice {
        case .counts: break
        case .waits(let source):
            let held = ranking.having.subtracting([counting[id]].compactMap(\.self)).sorted()
            if let first = held.first {
                warnings.append(
                    "its definition in \(first) counts only once \(source) has been read: \(state(source, id))"
                )
            }
        case .nothing:
            if counting[id] != nil || memories[id]?.target != nil {
                let asked = ranking.sources.sorted().map { "\($0): \(state($0, id))" }.joined(separator: "; ")
                warnings.append(
                    "no source has its document any more, and none says that it was deleted: it runs on; \(asked)"
                )
            }
        }
        return warnings
    }

    /// Which sources a service without a document asks, and what they answered; nil when one has it.
    package func asked(for service: ServiceID) -> String? {
        let ranking = ranking(service.rawValue)
        if case .counts = ranking.choice { return nil }
        guard !ranking.sources.isEmpty else { return "no source of definitions is configured" }
        return ranking.sources.sorted().map { "\($0): \(state($0, service.rawValue))" }.joined(separator: "; ")
    }

    /// What a source says of an id.
    private func state(_ origin: DefinitionOrigin, _ id: String) -> String {
        if let reason = unusable[origin]?[id] { return reason }
        if documents[id]?[origin] != nil { return "has it" }
        if let problem = problems[origin] { return problem }
        guard read.contains(origin) else {
            return origin.isUnits && !heard.contains(id) ? "it is asked once the unit runs" : "not read yet"
        }
        if case .directory = origin { return "no file \(id).json" }
        return "no document \(id)"
    }

    /// Whether a service depends on the database of units that name none.
    package var needsDefaultDatabase: Bool {
        named.contains { id, origin in
            guard case .defaultDatabase = origin else { return false }
            switch ranking(id).choice {
            case .counts(let source): return source == origin
            case .waits(let source): return source == origin || ranking(id).remembered == origin
            case .nothing: return true
            }
        }
    }

    /// Services whose unit's database outranks another source that has a document, so that it matters whether the unit exists.
    package var unitsInQuestion: [ServiceID] {
        documents.keys.sorted().compactMap { id in
            let ranking = ranking(id)
            guard let unit = ranking.sources.first(where: \.isUnits), case .unit = unit,
                ranking.having.contains(where: { $0 != unit })
            else {
                return nil
            }
            return try? ServiceID(id)
        }
    }
}

/// What a service is told of its definition.
package enum IntakeEvent: Equatable, Sendable {
    case accepted(AcceptedDefinition)
    case rejected(Revision, [String])
    case withdrawn
}
