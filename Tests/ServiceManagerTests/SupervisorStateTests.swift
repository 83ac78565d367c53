import Addresses
import FoundationEssentials
import ServiceManager
import ServiceModel
import Synchronization
import Testing

/// What supervisors leave on the disk, and what they don't do without it.
@Suite struct SupervisorStateTests {
    private let web: ServiceID

    init() throws { web = try ServiceID("web") }

    @Test func `what is kept of a deleted service is gone from the disk`() {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        #expect(daemon.hasFiles(of: "web"))
        daemon.send(.source(.deleted(id: "web"), SteppedDaemon.directory))
        daemon.pass(.seconds(60))
        #expect(daemon.board.statuses.isEmpty)
        #expect(!daemon.hasFiles(of: "web"))
        #expect(daemon.store.services.isEmpty)
    }

    @Test func `a definition for other hosts leaves nothing here`() {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1, #", "hosts": ["elsewhere"]"#)
        daemon.pass(.seconds(10))
        #expect(daemon.board.statuses.isEmpty)
        #expect(!daemon.hasFiles(of: "web"))
        #expect(daemon.host.calls.isEmpty)
        daemon.define(2, #", "hosts": ["elsewhere", "here"]"#)
        daemon.pass(.seconds(10))
        #expect(daemon.status()?.state == .running)
    }

    @Test func `the claim of an address that was left is forgotten`() throws {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        let (old, new) = (try ServiceAddress("172.18.0.1:7001"), try ServiceAddress("172.18.0.1:7002"))
        daemon.readSources()
        daemon.define(1, port: 7001)
        daemon.pass(.seconds(10))
        #expect(daemon.store.claimedAddresses(of: web) == [old])
        daemon.define(2, port: 7002)
        daemon.pass(.seconds(60))
        #expect(daemon.status()?.current == "2-abcdef")
        #expect(Array(daemon.host.table.keys) == [new])
        #expect(daemon.store.claimedAddresses(of: web) == [new])
    }

    @Test func `a container is made with its document`() {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        #expect(daemon.host.document(of: "1") == SteppedDaemon.document(1).body)
    }

    @Test func `a revision whose document can't be kept isn't started before it can`() throws {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        // A file in place of the folder: nothing can be written there, as on a disk that is full.
        let documents = daemon.folder + "/web/definitions"
        try FileManager.default.removeItem(atPath: documents)
        try Data().write(to: URL(filePath: documents))
        daemon.define(2)
        daemon.pass(.seconds(10))
        #expect(!daemon.host.calls.contains { $0.hasPrefix("create") && $0.hasSuffix("web:2") })
        #expect(daemon.status()?.detail?.contains("no container of 2-abcdef is started") == true)
        #expect(daemon.status()?.current == "1-abcdef")
        #expect(daemon.host.table.values.map(\.values.first) == [1])
        try FileManager.default.removeItem(atPath: documents)
        daemon.pass(.seconds(60))
        #expect(daemon.status()?.current == "2-abcdef")
        #expect(daemon.status()?.state == .running)
        #expect(daemon.store.document(of: web, try Revision("2-abcdef")) == SteppedDaemon.document(2).body)
    }

    @Test func `what follows from an event is done when its record is on the disk, and not before`() throws {
        let folder = SteppedDaemon.newFolder
        let service = web
        let targets = Mutex<[String?]>([])
        // What a rollout tells is done before all else, as it waits for nothing.
        let log = RecordedLog { line in
            guard line.contains("begins") else { return }
            let target = SteppedDaemon.store(folder).load(service)?.record.target?.rawValue
            targets.withLock { $0.append(target) }
        }
        let daemon = SteppedDaemon(folder: folder, log: log)
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        daemon.define(2)
        daemon.pass(.seconds(10))
        #expect(targets.withLock { $0 } == ["1-abcdef", "2-abcdef"])
    }
}
