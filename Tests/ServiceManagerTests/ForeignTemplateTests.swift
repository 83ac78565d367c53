import ServiceManager
import ServiceModel
import Systemd
import TestSupport
import Testing

/// A service whose name a package's template has, as postgresql@.service of postgresql-common.
@Suite struct ForeignTemplateTests {
    private static let path = "/lib/systemd/system/web@.service"

    private func accepted(_ address: String) throws -> AcceptedDefinition {
        let document = [UInt8](#"{"image": "web:1", "port": 80\#(address)}"#.utf8)
        let definition = try #require(ServiceDefinition.decode(document).definition)
        return AcceptedDefinition(revision: try Revision("1-aa"), definition: definition, document: document)
    }

    @Test(arguments: [#", "address": "172.18.0.1:7001""#, ""])
    func `another program's unit is never started, and the service is told of it once`(address: String) async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { content in
            for unit in [UnitsFixture.manager, UnitsFixture.current] { content.templates[unit] = .foreign(Self.path) }
        }
        try await fixture.run { _ in
            let service = try ServiceID("web")
            fixture.units.defined(try accepted(address), of: service)
            try await eventually("it is told") { fixture.events == [.unit(.unitsTaken(by: Self.path))] }
            fixture.units.defined(try accepted(address), of: service)
            fixture.units.update(try UnitsFixture.serving())
            fixture.units.defined(try accepted(#", "address": "172.18.0.1:7002""#), of: try ServiceID("other"))
            try await eventually("others are started") {
                // systemd reads its units anew only every few seconds.
                fixture.clock.advance(by: .seconds(1))
                return fixture.systemd.started == ["other@manager.service"]
            }
            #expect(fixture.events == [.unit(.unitsTaken(by: Self.path))])
        }
    }

    @Test func `a service whose template is gone again has its manager started`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.templates[UnitsFixture.manager] = .foreign(Self.path) }
        try await fixture.run { _ in
            let service = try ServiceID("web")
            let accepted = try accepted(#", "address": "172.18.0.1:7001""#)
            fixture.units.defined(accepted, of: service)
            try await eventually("it is told") { fixture.events == [.unit(.unitsTaken(by: Self.path))] }
            fixture.systemd.set { $0.templates = [:] }
            fixture.units.defined(accepted, of: service)
            try await eventually("it is started") { fixture.systemd.started == [UnitsFixture.manager] }
            #expect(fixture.events == [.unit(.unitsTaken(by: Self.path)), .unit(.unitsTaken(by: nil))])
        }
    }

    @Test func `a person's start and stop are jobs of the manager's unit, and another program's isn't started`()
        async throws
    {
        let fixture = UnitsFixture()
        try await fixture.run { _ in
            let web = try ServiceID("web")
            fixture.units.carryOut(.start, of: web)
            try await eventually("it is started") { fixture.systemd.started == [UnitsFixture.manager] }
            fixture.units.carryOut(.stop, of: web)
            try await eventually("it is stopped") { fixture.systemd.stopped == [UnitsFixture.manager] }
            fixture.systemd.set { $0.templates[UnitsFixture.manager] = .foreign(Self.path) }
            fixture.units.carryOut(.start, of: web)
            try await eventually("the service is told") { fixture.events == [.unit(.unitsTaken(by: Self.path))] }
            #expect(fixture.systemd.started.count == 1)
        }
    }

    @Test func `a document without an address is told whether there is a unit to start`() async throws {
        for (template, standing) in [(UnitTemplate.absent, ManagerStanding.missing), (.ours, .stopped)] {
            let fixture = UnitsFixture()
            fixture.systemd.set { $0.templates[UnitsFixture.manager] = template }
            try await fixture.run { _ in
                fixture.units.defined(try accepted(""), of: try ServiceID("web"))
                try await eventually("it is told") { fixture.events == [.unit(.managerFound(standing))] }
            }
        }
    }

    @Test func `the status and the doctor say whose template it is, and nobody is told to start its unit`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.document(.defined(try Revision("1-aa"), try accepted("").definition)))
        _ = rollout.handle(.unit(.managerFound(.stopped)))
        #expect(rollout.status.detail == "its manager isn't started: systemctl start web@manager")
        _ = rollout.handle(.unit(.unitsTaken(by: Self.path)))
        #expect(rollout.status.state == .failed)
        let detail = try #require(rollout.status.detail)
        #expect(detail.contains("/lib/systemd/system/web@.service is another program's template"))
        #expect(!detail.contains("systemctl start"))
        let check = try #require(ServiceExamination([rollout.status]).checks.first)
        #expect(check.state == .broken)
        #expect(check.found.contains(Self.path))
        _ = rollout.handle(.unit(.unitsTaken(by: nil)))
        #expect(rollout.status.state == .stopped)
    }

    @Test func `a template is ours when it runs launch, wherever that is`() {
        func template(_ programs: [String], _ loadState: String = "loaded") -> UnitTemplate {
            var unit = UnitState(name: "web@manager.service", loadState: loadState, activeState: "inactive")
            unit.fragmentPath = Self.path
            unit.service = ServiceState(
                result: "success",
                mainPID: 0,
                execMainStatus: 0,
                execMainCode: 0,
                programs: programs
            )
            return UnitTemplate(unit)
        }
        #expect(template(["/opt/service-manager/launch"]) == .ours)
        #expect(template(["/usr/lib/service-manager/launch"]) == .ours)
        #expect(template(["/usr/bin/pg_ctlcluster"]) == .foreign(Self.path))
        #expect(template([], "not-found") == .absent)
        #expect(template([], "masked") == .unknown)
    }
}
