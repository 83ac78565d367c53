package import ServiceModel

/// What is shown about the sources, and about where definitions come from.
extension DefinitionIntake {
    /// The sources, why some can't be read, and which of their documents can't be used.
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

    /// The source that counts for a service; while that isn't known, the one that counted before.
    package func source(of service: ServiceID) -> DefinitionOrigin? {
        counting[service.rawValue] ?? memories[service.rawValue]?.source
    }

    /// Warnings about where a service's definition comes from, in sentences.
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

    /// Which sources were asked for a service without a document, and what they answered; nil when one has the document.
    package func asked(for service: ServiceID) -> String? {
        let ranking = ranking(service.rawValue)
        if case .counts = ranking.choice { return nil }
        guard !ranking.sources.isEmpty else { return "no source of definitions is configured" }
        return ranking.sources.sorted().map { "\($0): \(state($0, service.rawValue))" }.joined(separator: "; ")
    }

    /// What a source says about an id.
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

    /// Whether a service needs the database of units that name none.
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

    /// Services whose unit's database outranks another source that has a document.
    ///
    /// For these it matters whether the unit exists.
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
