import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import Testing

/// Which source counts for a service over a restart of the daemon, and when its unit names another database.
@Suite struct SourceMemoryTests {
    private let own = DefinitionOrigin.unit("http://a:5984/own")
    private let moved = DefinitionOrigin.unit("http://a:5984/own2")
    private let database = DefinitionOrigin.couchDB("http://a:5984/services")
    private let directory = DefinitionOrigin.directory("/services")
    private let fallback = DefinitionOrigin.defaultDatabase(DefinitionOrigin.defaultDatabaseURL)

    private func document(_ revision: String, id: String = "web", conflicts: [String] = []) -> SourceEvent {
        let text = #"{"image": "web:1", "port": 80, "address": "172.18.0.1:7001"}"#
        return .present(SourceDocument(id: id, revision: revision, body: [UInt8](text.utf8), conflicts: conflicts))
    }

    private func intake(
        _ memory: DefinitionIntake.Memory?,
        configured: Set<DefinitionOrigin>? = nil
    ) throws -> DefinitionIntake {
        DefinitionIntake(
            hostName: "here",
            configured: configured ?? [database, directory],
            remembered: try memory.map { [try ServiceID("web"): $0] } ?? [:],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func summary(_ events: [(ServiceID, IntakeEvent)]) -> [String] {
        events.map { service, event in
            switch event {
            case .accepted(let accepted): "\(service) \(accepted.revision)"
            case .rejected(let revision, _): "\(service) \(revision) rejected"
            case .withdrawn: "\(service) withdrawn"
            }
        }
    }

    @Test func `a shadowed file doesn't count because CouchDB is down when the daemon starts`() throws {
        let web = try ServiceID("web")
        var intake = try intake(.init(source: database, target: try Revision("1-c")))
        #expect(summary(intake.take(.unavailable("connection refused"), from: database)) == [])
        #expect(summary(intake.take(document("1-d"), from: directory)) == [])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(intake.source(of: web) == database)
        #expect(
            intake.warnings(of: web) == [
                "its definition in /services counts only once http://a:5984/services has been read: connection refused"
            ]
        )
        #expect(summary(intake.take(document("1-c"), from: database)) == ["web 1-c"])
        #expect(summary(intake.take(.listed, from: database)) == [])
        #expect(intake.warnings(of: web) == [])
        #expect(intake.origins(of: web) == [database, directory])
    }

    @Test func `the shadowed file counts once CouchDB has been read and hasn't the document`() throws {
        var intake = try intake(.init(source: database, target: try Revision("1-c")))
        _ = intake.take(document("1-d"), from: directory)
        _ = intake.take(.available, from: directory)
        #expect(summary(intake.take(.listed, from: database)) == ["web 1-d"])
        #expect(intake.source(of: try ServiceID("web")) == directory)
    }

    @Test func `a file that counted goes on counting while CouchDB is down, and yields to it when it has the document`()
        throws
    {
        var intake = try intake(.init(source: directory, target: try Revision("1-d")))
        #expect(summary(intake.take(document("2-d"), from: directory)) == ["web 2-d"])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.take(document("1-c"), from: database)) == ["web 1-c"])
    }

    @Test(arguments: [true, false])
    func `a file that counted and is deleted right after the start goes, though another source can't be read`(
        isHeard: Bool
    ) throws {
        let web = try ServiceID("web")
        var intake = try intake(.init(source: directory, target: try Revision("1-d")), configured: [directory])
        if isHeard { _ = intake.name(fallback, by: web) }
        #expect(summary(intake.take(.unavailable("connection refused"), from: fallback)) == [])
        #expect(summary(intake.take(.deleted(id: "web"), from: directory)) == ["web withdrawn"])
        #expect(summary(intake.take(.available, from: directory)) == [])
    }

    @Test func `a file that was deleted doesn't end what another source counted for, while that can't be read`() throws
    {
        var intake = try intake(.init(source: database, target: try Revision("1-c")))
        _ = intake.take(.unavailable("connection refused"), from: database)
        #expect(summary(intake.take(.deleted(id: "web"), from: directory)) == [])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.take(document("1-c"), from: database)) == ["web 1-c"])
    }

    @Test func `a document above that can't be read keeps the one below from counting`() throws {
        let web = try ServiceID("web")
        var intake = try intake(nil)
        #expect(summary(intake.take(.unusable(id: "web", reason: "its attachments are cut"), from: database)) == [])
        #expect(summary(intake.take(.listed, from: database)) == [])
        #expect(summary(intake.take(document("1-d"), from: directory)) == [])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(intake.warnings(of: web).count == 1)
        #expect(intake.warnings(of: web).first?.contains("its attachments are cut") == true)
        #expect(intake.asked(for: web) == "http://a:5984/services: its attachments are cut; /services: has it")
        #expect(summary(intake.take(.deleted(id: "web"), from: database)) == ["web 1-d"])
    }

    @Test
    func `the deletion of a file doesn't end what a database counted for that has been read and is silent`() throws {
        var intake = try intake(.init(source: database, target: try Revision("1-c")))
        #expect(summary(intake.take(.listed, from: database)) == [])
        #expect(summary(intake.take(.deleted(id: "web"), from: directory)) == [])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.take(.deleted(id: "web"), from: database)) == ["web withdrawn"])
    }

    @Test func `a file that is new waits for the database above to be read`() throws {
        let web = try ServiceID("web")
        var intake = try intake(nil)
        #expect(summary(intake.take(document("1-d"), from: directory)) == [])
        #expect(
            intake.asked(for: web) == "http://a:5984/services: not read yet; /services: has it"
        )
        #expect(summary(intake.take(.listed, from: database)) == ["web 1-d"])
        #expect(intake.asked(for: web) == nil)
    }

    @Test func `when the unit names another database, the old one ends, and the new one counts once it is read`() throws
    {
        let web = try ServiceID("web")
        var intake = try intake(nil, configured: [directory])
        _ = intake.name(own, by: web)
        #expect(summary(intake.take(document("1-a"), from: own)) == ["web 1-a"])
        _ = intake.take(.available, from: own)
        #expect(summary(intake.name(moved, by: web)) == [])
        #expect(intake.sources.map(\.origin) == [directory])
        #expect(summary(intake.take(document("9-a"), from: own)) == [])
        #expect(summary(intake.take(.deleted(id: "web"), from: own)) == [])
        #expect(summary(intake.take(document("1-b"), from: moved)) == ["web 1-b"])
        #expect(intake.source(of: web) == moved)
        #expect(summary(intake.take(document("10-a"), from: own)) == [])
    }

    @Test func `a new database of the unit that lacks the document stops nothing, and the status says so`() throws {
        let web = try ServiceID("web")
        var intake = try intake(nil, configured: [directory])
        _ = intake.take(.available, from: directory)
        _ = intake.name(own, by: web)
        _ = intake.take(document("1-a"), from: own)
        _ = intake.name(moved, by: web)
        #expect(summary(intake.take(.available, from: moved)) == [])
        #expect(
            intake.warnings(of: web) == [
                "no source has its document any more, and none says that it was deleted: it runs on; "
                    + "http://a:5984/own2: no document web; /services: no file web.json"
            ]
        )
    }

    @Test func `after a restart nothing counts before the unit has named its database and that has been read`() throws {
        let web = try ServiceID("web")
        var intake = try intake(.init(source: own, target: try Revision("1-a"), hasUnit: true))
        _ = intake.take(document("1-d"), from: directory)
        _ = intake.take(.available, from: directory)
        #expect(summary(intake.take(.available, from: database)) == [])
        #expect(intake.unitsInQuestion == [web])
        #expect(summary(intake.name(own, by: web)) == [])
        #expect(summary(intake.take(document("1-a"), from: own)) == ["web 1-a"])
    }

    @Test func `a service whose unit is gone takes its definition from the next source`() throws {
        let web = try ServiceID("web")
        var intake = try intake(.init(source: own, target: try Revision("1-a")), configured: [directory])
        _ = intake.take(document("1-d"), from: directory)
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.name(nil, by: web)) == ["web 1-d"])
        #expect(intake.source(of: web) == directory)
    }

    @Test func `a source that the configuration names no more has no say`() throws {
        var intake = try intake(.init(source: .couchDB("http://old/services"), target: try Revision("1-o")))
        _ = intake.take(document("1-d"), from: directory)
        #expect(summary(intake.take(.listed, from: database)) == ["web 1-d"])
    }

    @Test func `what an earlier version had accepted tells which source counted`() throws {
        let target = try Revision("3-c")
        var intake = try intake(.init(source: nil, target: target, hasUnit: true))
        #expect(summary(intake.take(document("1-d"), from: directory)) == [])
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.take(document("3-c"), from: database)) == ["web 3-c"])
    }

    @Test func `what an earlier version left waits for its unit, and not for ever`() throws {
        var intake = try intake(.init(source: nil, target: try Revision("1-u"), hasUnit: true), configured: [directory])
        _ = intake.take(document("1-d"), from: directory)
        #expect(summary(intake.take(.available, from: directory)) == [])
        #expect(summary(intake.stopWaitingForUnits()) == ["web 1-d"])
    }

    @Test func `a unit that names no database asks the predecessor's, below all others`() throws {
        let web = try ServiceID("web")
        var intake = try intake(nil, configured: [directory])
        _ = intake.name(fallback, by: web)
        #expect(!intake.needsDefaultDatabase)
        _ = intake.take(.available, from: directory)
        #expect(intake.needsDefaultDatabase)
        _ = intake.take(.unavailable("connection refused"), from: fallback)
        #expect(
            intake.asked(for: web)
                == "/services: no file web.json; http://127.0.0.1:5984/services: connection refused"
        )
        #expect(summary(intake.take(document("1-p"), from: fallback)) == ["web 1-p"])
        #expect(intake.needsDefaultDatabase)
        #expect(summary(intake.take(document("1-d"), from: directory)) == ["web 1-d"])
        #expect(!intake.needsDefaultDatabase)
    }

    @Test func `a document with conflicts is shown with the revisions that lost`() throws {
        let web = try ServiceID("web")
        var intake = try intake(nil)
        #expect(summary(intake.take(document("2-f", conflicts: ["2-a", "2-b"]), from: database)) == ["web 2-f"])
        #expect(intake.warnings(of: web).count == 1)
        #expect(intake.warnings(of: web).first?.contains("2-f counts, and 2-a, 2-b lost against it") == true)
        _ = intake.take(document("3-f"), from: database)
        #expect(intake.warnings(of: web) == [])
    }

    @Test(arguments: [
        DefinitionOrigin.unit("http://a/b"), .couchDB("http://a/b"), .directory("/services"),
        .defaultDatabase("http://a/b"),
    ])
    func `a source is kept as it was`(origin: DefinitionOrigin) throws {
        let bytes = try JSONEncoder().encode(origin)
        #expect(try JSONDecoder().decode(DefinitionOrigin.self, from: bytes) == origin)
    }
}
