import Addresses
import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
import Testing

/// The state directory, also where it can't be written to.
@Suite struct StateStoreTests {
    private let folder: String
    private let store: StateStore
    private let web: ServiceID
    private let address: ServiceAddress
    private let revision: Revision
    private let document = [UInt8](#"{"image": "web:1", "port": 80}"#.utf8)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UInt64.random(in: 0 ... .max))").path
        store = Self.store(folder)
        web = try ServiceID("web")
        address = try ServiceAddress("172.18.0.1:7001")
        revision = try Revision("1-abcdef")
    }

    private static func store(_ folder: String) -> StateStore {
        StateStore(
            directory: FilePath(folder),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decode: { ServiceDefinition.decode($0).definition }
        )
    }

    /// A file where the service's folder is to be: nothing can be written there, as on a disk that is full.
    private func block() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: folder + "/web"))
    }

    private func unblock() throws { try FileManager.default.removeItem(atPath: folder + "/web") }

    private func record() -> RolloutRecord {
        var record = Rollout(service: web).record
        record.isManaged = true
        record.target = revision
        record.claimed = [address]
        return record
    }

    @Test func `what a version accepted that only checked ports is still checked so, also after the next start`() throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var record = record()
        record.version = nil
        store.keep(document, revision, of: web)
        store.save(record, of: web)
        for _ in 1...2 {
            let stored = try #require(Self.store(folder).load(web))
            let definitions = stored.definitions.mapValues(\.definition)
            #expect(definitions[revision]?.healthCheck.kind == .tcp)
            let observation = Observation()
            let (rollout, _) = Rollout.recovered(
                web,
                record: stored.record,
                definitions: definitions,
                observation: observation
            )
            store.save(rollout.record, of: web)
        }
        // The same document as a revision of this version.
        var newer = record
        newer.version = 2
        newer.checkedByPort = nil
        store.save(newer, of: web)
        let accepted = try #require(Self.store(folder).load(web)?.definitions[revision]?.definition)
        #expect(accepted.healthCheck == .implied)
    }

    @Test func `a document that can't be kept isn't started, and neither is a virtual service made`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try block()
        store.keep(document, revision, of: web)
        // What runs goes on with what is in memory.
        #expect(store.document(of: web, revision) == document)
        #expect(throws: Failure.self) { try store.keptDocument(of: web, revision) }
        #expect(throws: Failure.self) { try store.addClaims([address], of: web) }
        do throws(Failure) {
            _ = try store.keptDocument(of: web, revision)
        } catch {
            #expect(error.isTransient)
            #expect(error.message.contains("no container of 1-abcdef is started"))
            #expect(error.message.contains("make room on the disk"))
        }
        try unblock()
        #expect(try store.keptDocument(of: web, revision) == document)
        #expect(Self.store(folder).document(of: web, revision) == document)
    }

    @Test func `what couldn't be written is what counts, and is written once there is room`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try block()
        store.keep(document, revision, of: web)
        store.save(record(), of: web)
        #expect(store.load(web)?.record == record())
        store.writeAgain()
        #expect(Self.store(folder).load(web) == nil)
        try unblock()
        store.writeAgain()
        let next = Self.store(folder)
        #expect(next.load(web)?.record == record())
        #expect(next.document(of: web, revision) == document)
    }

    @Test func `a container is made again although its document's file was lost`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        store.keep(document, revision, of: web)
        store.save(record(), of: web)
        try FileManager.default.removeItem(atPath: folder + "/web/definitions")
        #expect(try store.keptDocument(of: web, revision) == document)
        #expect(Self.store(folder).document(of: web, revision) == document)
    }

    @Test func `a service of which no file is left has nothing recorded, which isn't the same as no address`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(store.recordedAddresses(of: web) == nil)
        try store.addClaims([address], of: web)
        #expect(store.recordedAddresses(of: web) == [address])
        store.removeClaims([address], of: web)
        #expect(store.recordedAddresses(of: web) == [])
        store.save(record(), of: web)
        #expect(store.recordedAddresses(of: web) == [address])
        store.giveUp([address], of: web)
        #expect(store.recordedAddresses(of: web) == [])
        #expect(store.load(web)?.record.claimed == [])
    }

    @Test func `what was claimed in another boot is known for that`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The version before didn't note the boot.
        #expect(!store.isRecordedBefore("one"))
        store.noteBoot("one")
        #expect(!store.isRecordedBefore("one"))
        #expect(!store.isRecordedBefore(nil))
        #expect(store.isRecordedBefore("two"))
        store.noteBoot("two")
        #expect(!Self.store(folder).isRecordedBefore("two"))
        #expect(store.services.isEmpty)
    }

    @Test func `nothing is left of a service that is forgotten`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        store.keep(document, revision, of: web)
        store.save(record(), of: web)
        #expect(store.services == [web])
        store.forget(web)
        #expect(store.services.isEmpty)
        #expect(store.load(web) == nil)
        #expect(store.document(of: web, revision) == nil)
    }
}
