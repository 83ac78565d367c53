package import ServiceModel

/// Services of which nothing is remembered, and whose containers were found: whether anybody wants them still.
///
/// A state directory that was lost must not stop anything. So a service is an orphan only when all configured sources
/// have been seen whole, have documents, have none for it, and no unit of it has come forward, for
/// `RolloutPolicy.orphanGrace` on end. Sources that list nothing at all say nothing.
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
    ///   - interval: How far apart beats are.
    package init(suspects: Set<ServiceID>, expectedSources: Int, interval: Duration) {
        self.suspects = suspects
        self.expectedSources = expectedSources
        beatsToWait = Int((RolloutPolicy.orphanGrace / interval).rounded(.up))
    }

    /// The services that are waited for.
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

    /// A unit of the service runs, so somebody wants it.
    package mutating func wanted(_ service: ServiceID) {
        suspects.remove(service)
    }

    /// Time has passed; returns the services that are not wanted, once.
    package mutating func beat() -> [ServiceID] {
        guard !suspects.isEmpty, hasDocuments, expectedSources > 0, listed.count >= expectedSources else { return [] }
        beats += 1
        guard beats >= beatsToWait else { return [] }
        defer { suspects = [] }
        return suspects.sorted()
    }
}
