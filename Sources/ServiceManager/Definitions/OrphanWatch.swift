package import ServiceModel

/// Decides whether services without a record, whose containers were found, are still wanted.
///
/// A lost state directory must not stop anything. So a service is an orphan only when all configured sources have been read
/// completely and have documents, but none for it, and no unit of it has connected, for `RolloutPolicy.orphanGrace` without
/// interruption. Sources that list no document at all prove nothing.
package struct OrphanWatch: Sendable {
    private var suspects: Set<ServiceID>
    private let expectedSources: Int
    private let beatsToWait: Int
    private var listed: Set<DefinitionOrigin> = []
    private var hasDocuments = false
    private var beats = 0

    /// - Parameters:
    ///   - suspects: The services.
    ///   - expectedSources: How many sources are configured, besides those that units name; with none, nothing is decided.
    ///   - interval: The time between two beats.
    package init(suspects: Set<ServiceID>, expectedSources: Int, interval: Duration) {
        self.suspects = suspects
        self.expectedSources = expectedSources
        beatsToWait = Int((RolloutPolicy.orphanGrace / interval).rounded(.up))
    }

    /// The services that aren't decided yet.
    package var waiting: [ServiceID] { suspects.sorted() }

    /// Takes note of what a source says.
    package mutating func take(_ event: SourceEvent, from origin: DefinitionOrigin) {
        switch event {
        case .present(let document):
            hasDocuments = true
            if let service = try? ServiceID(document.id) { suspects.remove(service) }
        case .unusable(let id, _): if let service = try? ServiceID(id) { suspects.remove(service) }
        case .deleted, .listed: break
        case .available: if !origin.isUnits { listed.insert(origin) }
        case .unavailable:
            listed.remove(origin)
            beats = 0
        }
    }

    /// Records that a unit of the service runs, so the service is wanted.
    package mutating func wanted(_ service: ServiceID) {
        suspects.remove(service)
    }

    /// Counts a beat, and returns the services that aren't wanted, each once.
    package mutating func beat() -> [ServiceID] {
        guard !suspects.isEmpty, hasDocuments, expectedSources > 0, listed.count >= expectedSources else { return [] }
        beats += 1
        guard beats >= beatsToWait else { return [] }
        defer { suspects = [] }
        return suspects.sorted()
    }
}
