package import FoundationEssentials
package import Logging
package import ServiceModel
package import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What the daemon remembers of each service over restarts, as files.
///
/// ```
/// <directory>/<service>/record.json            RolloutRecord
/// <directory>/<service>/claims.json            addresses whose virtual services we made
/// <directory>/<service>/history.json           what became of its revisions
/// <directory>/<service>/source.json            where its definition comes from
/// <directory>/<service>/definitions/<revision>.json   accepted documents, as they came
/// ```
///
/// A file that can't be read is moved aside and rebuilt: containers and kernel are the truth.
package struct StateStore: Sendable {
    let directory: FilePath
    let logger: Logger
    let unwritten = UnwrittenState()
    /// Decodes a document that was accepted before.
    private let decode: @Sendable ([UInt8]) -> ServiceDefinition?
    private let now: @Sendable () -> Date

    /// What was remembered of one service.
    package struct Stored: Sendable {
        package var record: RolloutRecord
        package var definitions: [Revision: AcceptedDefinition]
    }

    /// - Parameters:
    ///   - directory: Where the files are; it is made when it is missing.
    ///   - logger: Where it is told what couldn't be read or written.
    ///   - decode: Decodes a document that was accepted before.
    ///   - now: The time.
    package init(
        directory: FilePath,
        logger: Logger,
        decode: @escaping @Sendable ([UInt8]) -> ServiceDefinition?,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.directory = directory
        self.logger = logger
        self.decode = decode
        self.now = now
    }

    /// Services of which something is remembered.
    package var services: [ServiceID] {
        StateFiles.names(in: directory).compactMap { try? ServiceID($0) }
    }

    /// What is remembered of a service; nil when there is nothing, or it couldn't be read.
    package func load(_ service: ServiceID) -> Stored? {
        guard var record = unwritten[service].record ?? readRecord(of: service) else { return nil }
        // What runs was healthy by the check that it was accepted with.
        if record.version == nil { record.checkedByPort = record.revisions }
        var definitions: [Revision: AcceptedDefinition] = [:]
        for revision in record.revisions {
            guard let document = document(of: service, revision), var definition = decode(document) else { continue }
            if record.checkedByPort?.contains(revision) == true { definition.healthCheck.checkImpliedPort() }
            definitions[revision] = AcceptedDefinition(revision: revision, definition: definition, document: document)
        }
        return Stored(record: record, definitions: definitions)
    }

    private func readRecord(of service: ServiceID) -> RolloutRecord? {
        let file = recordFile(service)
        guard let bytes = StateFiles.read(file) else { return nil }
        guard let record = try? JSONDecoder().decode(RolloutRecord.self, from: Data(bytes)) else {
            let aside = StateFiles.moveAside(file)
            logger.error(
                "a state file could not be read and was moved aside; the service is rebuilt from its containers",
                [.service: "\(service)", .path: "\(aside)"]
            )
            return nil
        }
        return record
    }

    /// Remembers a service's record.
    ///
    /// A disk that is full doesn't stop the service: the older file stays, it is said, and written once there is room.
    package func save(_ record: RolloutRecord, of service: ServiceID) {
        let needed = Set(record.revisions)
        do {
            try write(record, of: service)
            unwritten.change(service) { entry in
                entry.record = nil
                entry.documents = entry.documents.filter {
                    needed.contains($0.key) || entry.unwritten.contains($0.key)
                }
            }
        } catch {
            unwritten.change(service) { $0.record = record }
            failed(service, error)
        }
    }

    private func write(_ record: RolloutRecord, of service: ServiceID) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try StateFiles.write([UInt8](encoder.encode(record)), to: recordFile(service))
    }

    /// Keeps an accepted document, and forgets those beyond the newest that are kept.
    package func keep(_ document: [UInt8], _ revision: Revision, of service: ServiceID) {
        unwritten.change(service) { $0.documents[revision] = document }
        do {
            try write(document, revision, of: service)
        } catch {
            unwritten.change(service) { _ = $0.unwritten.insert(revision) }
            failed(service, error)
        }
    }

    private func write(_ document: [UInt8], _ revision: Revision, of service: ServiceID) throws(Errno) {
        let file = documentFile(service, revision)
        if StateFiles.read(file) != document {
            try StateFiles.write(document, to: file)
            let needed = record(of: service)?.revisions.map { "\($0).json" } ?? []
            StateFiles.prune(file.removingLastComponent(), keeping: 8, sparing: Set(needed))
        }
        unwritten.change(service) { _ = $0.unwritten.remove(revision) }
    }

    /// The document of a revision that was accepted.
    package func document(of service: ServiceID, _ revision: Revision) -> [UInt8]? {
        unwritten[service].documents[revision] ?? StateFiles.read(documentFile(service, revision))
    }

    /// The document of a revision, once it is sure to be there after a restart.
    ///
    /// - Throws: `Failure` when it isn't on disk and can't be written: a container of it may not be started then.
    package func keptDocument(of service: ServiceID, _ revision: Revision) throws(Failure) -> [UInt8] {
        guard let document = document(of: service, revision) else {
            throw Failure(
                "the document of \(revision) is in none of the state files (\(documentFile(service, revision))): "
                    + "save the document once more",
                isTransient: true
            )
        }
        do throws(Errno) {
            try write(document, revision, of: service)
        } catch {
            throw unwritable(documentFile(service, revision), error, "no container of \(revision) is started")
        }
        return document
    }

    /// Writes what couldn't be written before.
    package func writeAgain() {
        if let boot = unwritten.boot { noteBoot(boot) }
        for service in unwritten.services {
            let entry = unwritten[service]
            do {
                for revision in entry.unwritten {
                    guard let document = entry.documents[revision] else { continue }
                    try write(document, revision, of: service)
                }
                if let record = entry.record { save(record, of: service) }
                guard unwritten[service].record == nil else { continue }
                unwritten.change(service) { $0.isTold = false }
                logger.notice("the state of \(service) is written", [.service: "\(service)"])
            } catch {
                failed(service, error)
            }
        }
    }

    private func documentFile(_ service: ServiceID, _ revision: Revision) -> FilePath {
        directory.appending(service.rawValue).appending("definitions").appending("\(revision).json")
    }

    /// The definition of a revision that was accepted.
    package func definition(of service: ServiceID, _ revision: Revision) -> ServiceDefinition? {
        document(of: service, revision).flatMap { decode($0) }
    }

    /// The definition of the revision that a service runs, or else of the one that it is to run.
    package func newestDefinition(of service: ServiceID) -> ServiceDefinition? {
        guard let stored = load(service) else { return nil }
        let revisions = [stored.record.current, stored.record.target] + stored.record.revisions
        return revisions.lazy.compactMap { $0 }.compactMap { stored.definitions[$0]?.definition }.first
    }

    /// When a service came into its state; nil when that isn't known.
    package func since(of service: ServiceID) -> StateSince? {
        StateFiles.read(sinceFile(service)).flatMap { try? JSONDecoder().decode(StateSince.self, from: Data($0)) }
    }

    /// Remembers when a service came into its state.
    package func save(_ since: StateSince, of service: ServiceID) {
        guard let bytes = try? JSONEncoder().encode(since) else { return }
        // Only shown to people: what can't be written is forgotten at the next start.
        try? StateFiles.write([UInt8](bytes), to: sinceFile(service), isDurable: false)
    }

    /// What became of a service's revisions; empty when nothing is known of it.
    package func history(of service: ServiceID) -> ServiceHistory {
        let bytes = StateFiles.read(historyFile(service))
        return bytes.flatMap { try? JSONDecoder().decode(ServiceHistory.self, from: Data($0)) } ?? ServiceHistory()
    }

    /// Adds to a service's history what belongs there.
    ///
    /// - Parameters:
    ///   - notice: What happened.
    ///   - image: What the revision runs that it is about.
    ///   - service: Whose.
    package func remember(_ notice: RolloutNotice, image: String?, of service: ServiceID) {
        guard notice.isHistory else { return }
        var history = history(of: service)
        guard history.take(notice, image: image, at: now().formatted(.iso8601)) else { return }
        write(history, of: service)
    }

    /// Brings a service's history in line with the revision that is current.
    package func settleHistory(_ current: Deployment, of service: ServiceID) {
        var history = history(of: service)
        let time = now().formatted(.iso8601)
        guard history.settle(current: current.revision, image: current.definition.image, at: time) else { return }
        write(history, of: service)
    }

    /// Only shown to people: a rollout doesn't wait for the disk because of it.
    private func write(_ history: ServiceHistory, of service: ServiceID) {
        guard let bytes = try? JSONEncoder().encode(history) else { return }
        try? StateFiles.write([UInt8](bytes), to: historyFile(service), isDurable: false)
    }

    /// Deletes all that is remembered of a service.
    package func forget(_ service: ServiceID) {
        unwritten.forget(service)
        do {
            try FileManager.default.removeItem(atPath: directory.appending(service.rawValue).string)
        } catch {
            // It is found again, and tried again, at the next start.
            logger.info("the state of \(service) can't be deleted: \(error)", [.service: "\(service)"])
        }
    }

    /// The source of definitions that counts for a service; nil when that isn't known.
    package func source(of service: ServiceID) -> DefinitionOrigin? {
        StateFiles.read(sourceFile(service))
            .flatMap { try? JSONDecoder().decode(DefinitionOrigin.self, from: Data($0)) }
    }

    /// Remembers the source of definitions that counts for a service; nil forgets it.
    package func save(_ source: DefinitionOrigin?, of service: ServiceID) {
        guard let source else {
            _ = unlink(sourceFile(service).string)
            return
        }
        do {
            try StateFiles.write([UInt8](JSONEncoder().encode(source)), to: sourceFile(service))
        } catch {
            failed(service, error)
        }
    }

    private func sourceFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("source.json")
    }

    private func historyFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("history.json")
    }

    private func sinceFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("since.json")
    }

    func record(of service: ServiceID) -> RolloutRecord? {
        if let record = unwritten[service].record { return record }
        guard let bytes = StateFiles.read(recordFile(service)) else { return nil }
        return try? JSONDecoder().decode(RolloutRecord.self, from: Data(bytes))
    }

    private func recordFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("record.json")
    }

    /// Says that something couldn't be written: once, until it can.
    func failed(_ service: ServiceID, _ error: any Error) {
        guard unwritten.isNews(service) else { return }
        logger.error(
            "\(service): the state can't be written to \(directory) (\(error)) and is tried again every few seconds; what runs "
                + "keeps running, and no new revision is started: make room on the disk",
            [.service: "\(service)", .path: "\(directory)", .error: "\(error)"]
        )
    }

    func unwritable(_ file: FilePath, _ error: Errno, _ consequence: String) -> Failure {
        Failure(
            "\(file) can't be written (\(error)), so \(consequence): make room on the disk, it is tried again",
            isTransient: true
        )
    }
}
