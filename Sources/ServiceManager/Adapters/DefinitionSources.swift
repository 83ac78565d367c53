package import CouchDB
package import DefinitionDirectory
import ServiceModel

/// Turns what the two kinds of source report into source events.
package enum DefinitionSources {
    package static func events(_ event: DirectoryEvent) -> [SourceEvent] {
        switch event {
        case .listed(let documents): documents.map { .present(document($0)) } + [.available]
        case .changed(let changed): [.present(document(changed))]
        case .deleted(let id): [.deleted(id: id)]
        case .unusable(let id, let problem): [.unusable(id: id, reason: "\(problem)")]
        case .unavailable(let problem): [.unavailable("\(problem)")]
        case .stateTrouble(let error): [.unusable(id: "revisions.json", reason: "\(error)")]
        }
    }

    package static func events(_ event: CouchDBEvent) -> [SourceEvent] {
        switch event {
        case .listed(let documents): documents.map { .present(document($0)) } + [.listed]
        case .connected: [.available]
        case .changed(let changed): [.present(document(changed))]
        case .deleted(let id, _): [.deleted(id: id)]
        case .disconnected(let error, let delay): [.unavailable("\(error) (tried again in \(delay.shortText))")]
        }
    }

    private static func document(_ document: DirectoryDocument) -> SourceDocument {
        SourceDocument(id: document.id, revision: document.revision, body: document.body)
    }

    private static func document(_ document: CouchDBDocument) -> SourceDocument {
        SourceDocument(
            id: document.id,
            revision: document.revision,
            body: document.body,
            conflicts: document.conflicts
        )
    }
}
