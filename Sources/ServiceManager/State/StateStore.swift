package import Addresses
package import FoundationEssentials
package import Logging
package import ServiceModel
package import SystemPackage

/// What the daemon remembers of each service over restarts, as files.
///
/// ```
/// <directory>/<service>/record.json            RolloutRecord
/// <directory>/<service>/claims.json            addresses whose virtual services we made
/// <directory>/<service>/history.json           what became of its revisions
/// <directory>/<service>/definitions/<revision>.json   accepted documents, as they came
/// ```
///
/// A file that can't be read is moved aside and rebuilt: containers and kernel are the truth.
package struct StateStore: Sendable {
    private let directory: FilePath
    private let logger: Logger
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
        var definitions: [Revision: AcceptedDefinition] = [:]
        for revision in record.revisions {
            guard let document = document(of: service, revision), let definition = decode(document) else { continue }
            definitions[revision] = AcceptedDefinition(revision: revision, definition: definition, document: document)
        }
        return Stored(record: record, definitions: definitions)
    }

    /// Remembers a service's record.
    ///
    /// A disk that is full doesn't stop the service: the older file stays, and it is said.
    package func save(_ record: RolloutRecord, of service: ServiceID) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            try StateFiles.write([UInt8](encoder.encode(record)), to: recordFile(service))
        } catch {
            failed(service, error)
        }
    }

    /// Keeps an accepted document, and forgets those beyond the newest that are kept.
    package func keep(_ document: [UInt8], _ revision: Revision, of service: ServiceID) {
        let folder = directory.appending(service.rawValue).appending("definitions")
        let file = folder.appending("\(revision).json")
        guard StateFiles.read(file) != document else { return }
        do {
            try StateFiles.write(document, to: file)
            let needed = record(of: service)?.revisions.map { "\($0).json" } ?? []
            StateFiles.prune(folder, keeping: 8, sparing: Set(needed))
        } catch {
            failed(service, error)
        }
    }

    /// The document of a revision that was accepted.
    package func document(of service: ServiceID, _ revision: Revision) -> [UInt8]? {
        StateFiles.read(directory.appending(service.rawValue).appending("definitions").appending("\(revision).json"))
    }

    /// The definition of a revision that was accepted.
    package func definition(of service: ServiceID, _ revision: Revision) -> ServiceDefinition? {
        document(of: service, revision).flatMap { decode($0) }
    }

    /// When a service came into its state; nil when that isn't known.
    package func since(of service: ServiceID) -> StateSince? {
        StateFiles.read(sinceFile(service)).flatMap { try? JSONDecoder().decode(StateSince.self, from: Data($0)) }
    }

    /// Remembers when a service came into its state.
    package func save(_ since: StateSince, of service: ServiceID) {
        guard let bytes = try? JSONEncoder().encode(since) else { return }
        // Only shown to people: what can't be written is forgotten at the next start.
        try? StateFiles.write([UInt8](bytes), to: sinceFile(service))
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
        guard let bytes = try? JSONEncoder().encode(history) else { return }
        // Only shown to people: a rollout doesn't wait for the disk because of it.
        try? StateFiles.write([UInt8](bytes), to: historyFile(service), isDurable: false)
    }

    private func historyFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("history.json")
    }

    private func sinceFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("since.json")
    }

    /// The addresses whose virtual services are recorded as ours, or were about to be made by us.
    package func claimedAddresses(of service: ServiceID) -> Set<ServiceAddress> {
        Set(record(of: service)?.claimed ?? []).union(claims(of: service))
    }

    /// Remembers addresses whose virtual services are about to be made.
    ///
    /// The record names them only afterwards; a daemon that dies in between must know them for its own.
    package func addClaims(_ addresses: [ServiceAddress], of service: ServiceID) {
        saveClaims(claims(of: service).union(addresses), of: service)
    }

    /// Forgets addresses whose virtual services are gone.
    package func removeClaims(_ addresses: [ServiceAddress], of service: ServiceID) {
        let claims = claims(of: service)
        let left = claims.subtracting(addresses)
        if left != claims { saveClaims(left, of: service) }
    }

    private func claims(of service: ServiceID) -> Set<ServiceAddress> {
        guard let bytes = StateFiles.read(claimsFile(service)) else { return [] }
        return (try? JSONDecoder().decode(Set<ServiceAddress>.self, from: Data(bytes))) ?? []
    }

    private func saveClaims(_ claims: Set<ServiceAddress>, of service: ServiceID) {
        do {
            try StateFiles.write([UInt8](JSONEncoder().encode(claims.sorted())), to: claimsFile(service))
        } catch {
            failed(service, error)
        }
    }

    private func claimsFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("claims.json")
    }

    /// The addresses that were about to be claimed: an empty virtual service of one of them is ours.
    package func addressesBeingClaimed(of service: ServiceID) -> Set<ServiceAddress> {
        Set(record(of: service)?.claiming ?? [])
    }

    private func record(of service: ServiceID) -> RolloutRecord? {
        guard let bytes = StateFiles.read(recordFile(service)) else { return nil }
        return try? JSONDecoder().decode(RolloutRecord.self, from: Data(bytes))
    }

    private func recordFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("record.json")
    }

    private func failed(_ service: ServiceID, _ error: any Error) {
        logger.error(
            "the state could not be written; after a restart the service is rebuilt from its containers",
            [.service: "\(service)", .path: "\(directory)", .error: "\(error)"]
        )
    }
}
