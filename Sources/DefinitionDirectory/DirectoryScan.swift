import FoundationEssentials

/// The content of the directory, and what was reported about it.
///
/// It turns readings of the directory into events.
struct DirectoryScan {
    /// The changes of the files since the last reading.
    struct Outcome {
        var documents: [DirectoryDocument] = []
        var changed: [DirectoryDocument] = []
        var deleted: [String] = []
        var problems: [(id: String, problem: DirectoryFileProblem)] = []
        /// Files that have changed but aren't JSON; they may still be being written.
        var unfinished: [String] = []
    }

    let path: String
    var ledger: RevisionLedger
    private var signatures: [String: FileSignature] = [:]
    private var problems: [String: DirectoryFileProblem] = [:]

    init(path: String, ledger: RevisionLedger) {
        self.path = path
        self.ledger = ledger
    }

    /// Reads the directory.
    ///
    /// - Parameters:
    ///   - readsAll: Whether to read also files that look unchanged.
    ///   - known: Services that are known from elsewhere.
    ///   - isFinal: Whether to report changed files even if they aren't JSON.
    /// - Returns: The changes of the files since the last reading.
    /// - Throws: `DirectoryProblem` if the directory can't be read, or isn't plausible.
    mutating func look(
        readsAll: Bool,
        known: Set<String>,
        isFinal: Bool
    ) throws(DirectoryProblem) -> Outcome {
        let directory = try WatchedDirectory.open(path)
        let identity = try WatchedDirectory.identity(directory)
        let ids = try WatchedDirectory.ids(in: path)
        let expected = ledger.present.union(known)
        if ids.isEmpty, !expected.isEmpty, let before = ledger.directory, before != identity {
            throw .emptyAfterReplacement(known: expected.count)
        }
        ledger.directory = identity
        var outcome = Outcome()
        var there: Set<String> = []
        for id in ids {
            do throws(DirectoryFileProblem) {
                guard try look(at: id, in: directory, readsAll: readsAll, isFinal: isFinal, &outcome) else { continue }
                problems[id] = nil
            } catch {
                signatures[id] = nil
                if problems[id] != error || readsAll { outcome.problems.append((id, error)) }
                problems[id] = error
            }
            there.insert(id)
        }
        outcome.deleted = expected.subtracting(there).sorted()
        for id in outcome.deleted {
            signatures[id] = nil
            problems[id] = nil
        }
        return outcome
    }

    /// Reads one file; false if it was deleted meanwhile.
    private mutating func look(
        at id: String,
        in directory: borrowing OwnedDescriptor,
        readsAll: Bool,
        isFinal: Bool,
        _ outcome: inout Outcome
    ) throws(DirectoryFileProblem) -> Bool {
        let name = id + ".json"
        guard let signature = try FileReader.signature(name, in: directory) else { return false }
        guard readsAll || signatures[id] != signature else { return true }
        guard let bytes = try FileReader.contents(name, in: directory) else { return false }
        var next = ledger
        let (revision, isNew) = next.record(id, bytes)
        if isNew, !isFinal, !Self.isJSON(bytes) {
            outcome.unfinished.append(id)
            return true
        }
        ledger = next
        signatures[id] = signature
        let document = DirectoryDocument(id: id, revision: revision, body: bytes)
        if readsAll { outcome.documents.append(document) }
        if isNew { outcome.changed.append(document) }
        return true
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        struct Anything: Decodable {
            init(from decoder: any Decoder) {}
        }
        return (try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil
    }
}
