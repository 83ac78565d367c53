import Logging
import ServiceManager
import ServiceModel
import Testing

/// Which of several definitions of one service counts.
@Suite struct DefinitionIntakeTests {
    private let unit = DefinitionOrigin.unit("http://a:5984/own")
    private let database = DefinitionOrigin.couchDB("http://a:5984/services")
    private let directory = DefinitionOrigin.directory("/etc/service-managerd/services")

    private func document(_ revision: String, _ more: String = "", id: String = "web") -> SourceEvent {
        let text = #"{"image": "web:1", "port": 80, "address": "172.18.0.1:7001"\#(more)}"#
        return .present(SourceDocument(id: id, revision: revision, body: [UInt8](text.utf8)))
    }

    /// What follows, in short: the service and its revision.
    private func summary(_ events: [(ServiceID, IntakeEvent)]) -> [String] {
        events.map { service, event in
            switch event {
            case .accepted(let accepted):
                "\(service) \(accepted.revision)\(accepted.definition.enabled ? "" : " off")"
            case .rejected(let revision, _): "\(service) \(revision) rejected"
            case .withdrawn: "\(service) withdrawn"
            }
        }
    }

    private func intake(_ log: RecordedLog = RecordedLog()) -> DefinitionIntake {
        DefinitionIntake(hostName: "alpha", logger: log.logger)
    }

    @Test func `the unit's own database comes first, then the daemon's, then the directory`() throws {
        let log = RecordedLog()
        var intake = intake(log)
        let web = try ServiceID("web")
        #expect(summary(intake.take(document("1-d"), from: directory)) == ["web 1-d"])
        #expect(summary(intake.take(document("1-c"), from: database)) == ["web 1-c"])
        #expect(summary(intake.take(document("1-u"), from: unit)) == [])
        #expect(summary(intake.name(unit, by: web)) == [])
        #expect(summary(intake.take(document("1-u"), from: unit)) == ["web 1-u"])
        #expect(intake.origins(of: web) == [unit, database, directory])
        #expect(summary(intake.take(document("2-d"), from: directory)) == [])
        #expect(summary(intake.take(document("2-c"), from: database)) == [])
        #expect(log.lines == [])
        #expect(summary(intake.take(document("1-e", id: "api"), from: database)) == ["api 1-e"])
        #expect(summary(intake.take(document("1-f", id: "api"), from: directory)) == [])
        #expect(log.lines.filter { $0.contains("is shadowed by the same id") }.count == 1)
    }

    @Test func `a definition that this host's policy doesn't allow is rejected, with the rule's name`() throws {
        var policy = Policy()
        policy.allowed[.images] = ["registry.example.org/team/"]
        var intake = DefinitionIntake(hostName: "alpha", policy: policy, logger: RecordedLog().logger)
        let events = intake.take(document("1-a"), from: directory)
        guard case .rejected(_, let reasons) = events.first?.1 else {
            Issue.record("it was taken: \(events)")
            return
        }
        #expect(reasons.count == 1)
        #expect(
            reasons.first?.hasPrefix(#"image: this host's policy (images) allows "registry.example.org/team/", found"#)
                == true
        )
    }

    @Test func `when the definition that counts is deleted, the one that it shadowed counts`() throws {
        var intake = intake()
        _ = intake.take(document("1-c"), from: database)
        _ = intake.take(document("1-d"), from: directory)
        #expect(summary(intake.take(.deleted(id: "web"), from: database)) == ["web 1-d"])
        #expect(summary(intake.take(.deleted(id: "web"), from: directory)) == ["web withdrawn"])
        let web = try ServiceID("web")
        #expect(intake.origins(of: web) == [])
    }

    @Test func `deleting a definition that is shadowed is nothing to the service`() throws {
        var intake = intake()
        _ = intake.take(document("1-c"), from: database)
        _ = intake.take(document("1-d"), from: directory)
        #expect(summary(intake.take(.deleted(id: "web"), from: directory)) == [])
        let web = try ServiceID("web")
        #expect(intake.origins(of: web) == [database])
    }

    @Test func `a source that can't be seen withdraws nothing, and is told of once`() throws {
        let log = RecordedLog()
        var intake = intake(log)
        _ = intake.take(document("1-c"), from: database)
        for _ in 1...3 { #expect(intake.take(.unavailable("connection refused"), from: database).isEmpty) }
        #expect(intake.sources.map(\.problem) == ["connection refused"])
        #expect(intake.take(.available, from: database).isEmpty)
        #expect(intake.sources.map(\.problem) == [nil])
        #expect(log.lines.count == 2)
    }

    @Test(arguments: [
        (#", "hosts": ["alpha"]"#, "web 1-c"), (#", "hosts": ["al*", "beta"]"#, "web 1-c"),
        (#", "hosts": ["beta", "alpha2", "lpha"]"#, "web 1-c off"),
        (#", "hosts": ["beta*"], "enabled": true"#, "web 1-c off"),
        (#", "hosts": ["alpha"], "enabled": false"#, "web 1-c off"), (#", "enabled": false"#, "web 1-c off"),
    ])
    func `names and globs of hosts say whether a service runs here`(more: String, expected: String) {
        var intake = intake()
        #expect(summary(intake.take(document("1-c", more), from: database)) == [expected])
    }

    @Test func `what can't be a service, or isn't a definition, is told of and holds up nothing`() {
        let log = RecordedLog()
        var intake = intake(log)
        #expect(intake.take(document("1-c", id: "not a/service"), from: database).isEmpty)
        #expect(intake.take(document("1 c"), from: database).isEmpty)
        #expect(intake.sources.flatMap(\.unusable).map(\.id) == ["not a/service", "web"])
        #expect(summary(intake.take(document("2-c", #", "port": 0"#), from: database)) == ["web 2-c rejected"])
        #expect(summary(intake.take(document("3-c"), from: database)) == ["web 3-c"])
        #expect(log.lines.filter { $0.hasPrefix("error") }.count == 2)
        #expect(intake.sources.map(\.unusable.count) == [1])
    }
}
