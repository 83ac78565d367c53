package import FoundationEssentials
package import Logging
package import ServiceModel
package import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What the daemon records about each service over restarts, as files.
///
/// ```
/// <directory>/<service>/record.json            RolloutRecord
/// <directory>/<service>/claims.json            addresses whose virtual services we created
/// <directory>/<service>/history.json           what became of its revisions
/// <directory>/<service>/source.json            where its definition comes from
/// <directory>/<service>/definitions/<revision>.json   accepted documents, as they came
/// ```
///
/// A file that can't be read is moved aside and rebuilt from the containers and the kernel's table.
package struct StateStore: Sendable {
    let directory: FilePath
    let logger: Logger
    let unwritten = UnwrittenState()
    /// Decodes a document that was accepted before.
    private let decode: @Sendable ([UInt8]) -> ServiceDefinition?
    private let now: @Sendable () -> Date

    /// The record of one service.
    package struct Stored: Sendable {
        package var record: RolloutRecord
        package var definitions: [Revision: AcceptedDefinition]
    }

    /// - Parameters:
    ///   - directory: The folder of the files; it is created if missing.
    ///   - logger: Logs what couldn't be read or written.
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

    /// The services that have files.
    package var services: [ServiceID] {
        StateFiles.names(in: directory).compactMap { try? ServiceID($0) }
    }

    /// The record of a service; nil when there is none, or it couldn't be read.
    package func load(_ service: ServiceID) -> Stored? {
        guard var record = unwritten[service].record ?? readRecord(of: service) else { return nil }
        // A record of an earlier version: what runs was healthy by the check that it was accepted with.
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

    /// Writes a service's record.
    ///
    /// A full disk doesn't stop the service: the older file stays, the failure is logged, and the write is repeated.
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

    /// Stores an accepted document, and deletes the oldest ones beyond the number that is kept.
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

    /// The document of a revision, once it is certain to be on disk.
    ///
    /// - Throws: `Failure` when it isn't on disk and can't be written; no container of the revision may be started then.
    package func keptDocument(of service: ServiceID, _ revision: Revision) throws(Failure) -> [UInt8] {
        guard let document = document(of: service, revision) else {
            throw Failure(
                "the document of \(revision) is missing from the state files (\(documentFile(service, revision))): "
                    + "save the document again",
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

    /// Repeats the writes that failed.
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
                logger.notice("the state of \(service) is written again", [.service: "\(service)"])
            } catch {
                failed(service, error)
            }
        }
    }

    private func documentFile(_ service: ServiceID, _ revision: Revision) -> FilePath {
        directory.appending(service.rawValue).appending("definitions").appending("\(revision).json")
    }

    /// The definition of an accepted revision.
    package func definition(of service: ServiceID, _ revision: Revision) -> ServiceDefinition? {
        document(of: service, revision).flatMap { decode($0) }
    }

    /// The definition of the revision that a service runs, or else of its target.
    package func newestDefinition(of service: ServiceID) -> ServiceDefinition? {
        guard let stored = load(service) else { return nil }
        let revisions = [stored.record.current, stored.record.target] + stored.record.revisions
        return revisions.lazy.compactMap { $0 }.compactMap { stored.definitions[$0]?.definition }.first
    }

    /// When a service entered its state; nil when that isn't known.
    package func since(of service: ServiceID) -> StateSince? {
        StateFiles.read(sinceFile(service)).flatMap { try? JSONDecoder().decode(StateSince.self, from: Data($0)) }
    }

    /// Records when a service entered its state.
    package func save(_ since: StateSince, of service: ServiceID) {
        guard let bytes = try? JSONEncoder().encode(since) else { return }
        // It is only shown to people. If it can't be written, it is lost at the next start.
        try? StateFiles.write([UInt8](bytes), to: sinceFile(service), isDurable: false)
    }

    /// What became of a service's revisions; empty when nothing is known.
    package func history(of service: ServiceID) -> ServiceHistory {
        let bytes = StateFiles.read(historyFile(service))
        return bytes.flatMap { try? JSONDecoder().decode(ServiceHistory.self, from: Data($0)) } ?? ServiceHistory()
    }

    /// Adds a notice to a service's history, if it belongs there.
    ///
    /// - Parameters:
    ///   - notice: What happened.
    ///   - image: The image of the revision that the notice is about.
    ///   - service: The service.
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

    /// Writes a history.
    ///
    /// It is only shown to people, so no rollout waits for the disk.
    private func write(_ history: ServiceHistory, of service: ServiceID) {
        guard let bytes = try? JSONEncoder().encode(history) else { return }
        try? StateFiles.write([UInt8](bytes), to: historyFile(service), isDurable: false)
    }

    /// Deletes all files of a service.
    package func forget(_ service: ServiceID) {
        unwritten.forget(service)
        do {
            try FileManager.default.removeItem(atPath: directory.appending(service.rawValue).string)
        } catch {
            // The next start finds the files, and tries again.
            logger.info("the state of \(service) can't be deleted: \(error)", [.service: "\(service)"])
        }
    }

    /// The source of definitions that counts for a service; nil when that isn't known.
    package func source(of service: ServiceID) -> DefinitionOrigin? {
        StateFiles.read(sourceFile(service))
            .flatMap { try? JSONDecoder().decode(DefinitionOrigin.self, from: Data($0)) }
    }

    /// Records the source of definitions that counts for a service; nil removes the record.
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

    /// Logs once that something can't be written, until it can.
    func failed(_ service: ServiceID, _ error: any Error) {
        guard unwritten.isNews(service) else { return }
        logger.error(
            "\(service): the state can't be written to \(directory) (\(error)); the write is repeated every few seconds. "
                + "What runs keeps running, and no new revision is started: make room on the disk",
            [.service: "\(service)", .path: "\(directory)", .error: "\(error)"]
        )
    }

    func unwritable(_ file: FilePath, _ error: Errno, _ consequence: String) -> Failure {
        Failure(
            "\(file) can't be written (\(error)), so \(consequence): make room on the disk; the write is repeated",
            isTransient: true
        )
    }
}
