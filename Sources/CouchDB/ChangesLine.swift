/// One line of a continuous `_changes` feed.
enum ChangesLine: Hashable {
    /// A blank line: a heartbeat, or what CouchDB sends before a row when it wakes up.
    case blank
    /// The latest change of one document.
    case change(Change)
    /// The server ended the feed in an orderly way.
    case end(lastSequence: String)

    struct Change: Hashable {
        let id: String
        let revision: String
        /// Null with `seq_interval`.
        let sequence: String?
        let isDeleted: Bool
        /// The document, or its tombstone; absent if it was removed before the row was sent.
        let document: CouchDBDocument?
    }

    init(_ line: [UInt8]) throws(JSONSlices.Malformed) {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x0D }) else {
            self = .blank
            return
        }
        var id: String?
        var sequence: String?
        var lastSequence: String?
        var revision: String?
        var isDeleted = false
        var document: CouchDBDocument?
        for (name, value) in try JSONSlices.members(of: line) {
            let isNull = line[value].elementsEqual("null".utf8)
            switch name {
            case "id": id = try JSONString.decode(line, in: value)
            case "seq": sequence = isNull ? nil : try CouchDBSequence.text(line, in: value)
            case "last_seq": lastSequence = try CouchDBSequence.text(line, in: value)
            case "changes": revision = try Self.winner(line, in: value)
            case "deleted": isDeleted = line[value].elementsEqual("true".utf8)
            case "doc": document = isNull ? nil : try CouchDBDocument(Array(line[value]))
            default: break
            }
        }
        if let lastSequence {
            self = .end(lastSequence: lastSequence)
        } else if let id, let revision {
            guard document == nil || document?.id == id else {
                throw JSONSlices.Malformed(offset: 0, expected: "a row with the document of its id")
            }
            self = .change(
                Change(id: id, revision: revision, sequence: sequence, isDeleted: isDeleted, document: document)
            )
        } else {
            throw JSONSlices.Malformed(offset: 0, expected: "a row with id and changes, or last_seq")
        }
    }

    /// The first of `[{"rev": …}]`: the winning revision.
    private static func winner(_ line: [UInt8], in range: Range<Int>) throws(JSONSlices.Malformed) -> String? {
        guard let first = try JSONSlices.elements(of: line, in: range).first,
            let member = try JSONSlices.members(of: line, in: first).first(where: { $0.name == "rev" })
        else { return nil }
        return try JSONString.decode(line, in: member.value)
    }
}
