/// An open `_changes` feed of the stand-in: what it was asked for, and how far it has come.
struct StandInCouchDBFeed: Sendable {
    enum Kind: Sendable {
        case normal
        case longpoll
        case continuous
    }

    struct Options: Sendable {
        var database: String
        var kind: Kind
        var since: Int
        var includesDocuments = false
        var includesConflicts = false
        var showsAllLeaves = false
        var isDescending = false
        var limit: Int?
        /// Only these documents (`filter=_doc_ids`).
        var ids: Set<String>?
        /// Only design documents (`filter=_design`).
        var onlyDesign = false
        /// Every how many rows one has a sequence.
        var sequenceInterval: Int?
        /// Milliseconds between signs of life; nil to end after `timeout`.
        var heartbeat: Int?
        /// Milliseconds of quiet after which the feed ends.
        var timeout = 60_000
    }

    let options: Options
    /// Which incarnation of the database it belongs to.
    let identity: String
    /// The sequence up to which changes were sent.
    var position: Int
    var sentRows = 0

    var isFull: Bool { options.limit.map { sentRows >= $0 } ?? false }
}

extension StandInCouchDBDatabase {
    /// The rows after a sequence, in the order of their sequences, without line ends.
    func rows(_ options: StandInCouchDBFeed.Options, after position: Int) -> [(sequence: Int, text: String)] {
        var changed = documents.filter { id, document in
            document.sequence > position && options.ids?.contains(id) ?? true
                && (!options.onlyDesign || id.hasPrefix("_design/"))
        }.sorted { $0.value.sequence < $1.value.sequence }
        if options.isDescending { changed.reverse() }
        return changed.enumerated().map { index, change in
            let (id, document) = change
            let interval = options.sequenceInterval ?? 1
            let isNumbered = interval <= 1 || index % interval == 0
            return (document.sequence, row(id, document, options, isNumbered: isNumbered).text)
        }
    }

    private func row(
        _ id: String,
        _ document: Document,
        _ options: StandInCouchDBFeed.Options,
        isNumbered: Bool
    ) -> StandInCouchDBJSON {
        let leaves = options.showsAllLeaves ? document.leaves : Array(document.leaves.prefix(1))
        var row: [StandInCouchDBJSON.Member] = [
            .init("seq", isNumbered ? .string(sequence(document.sequence)) : .null),
            .init("id", .string(id)),
            .init("changes", .array(leaves.map { .object([.init("rev", .string($0.text))]) })),
        ]
        if document.isDeleted { row.append(.init("deleted", .bool(true))) }
        if options.includesDocuments, let winner = leaves.first {
            row.append(.init("doc", json(id, winner, with: options.includesConflicts ? conflicts(id) : []) ?? .null))
        }
        return .object(row)
    }

    /// `"last_seq":…,"pending":…}`: how every kind of feed ends.
    func end(_ position: Int, pending: Int) -> String {
        "\"last_seq\":\"\(sequence(position))\",\"pending\":\(pending)}\n"
    }
}
