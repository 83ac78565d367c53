import ServiceManager
import ServiceModel
import Systemd
import TestSupport
import Testing

/// Units with Restart=: whatever the service is done with ends, and only a person's start is taken for one.
@Suite struct UnitEndingTests {
    private typealias Group = ThrowingTaskGroup<Void, any Error>

    private func connected(
        _ unit: String,
        _ fixture: UnitsFixture,
        _ tasks: inout Group
    ) async throws -> FakeLaunch {
        let launch = FakeLaunch(unit, of: fixture.units)
        try await launch.connect(in: &tasks)
        return launch
    }

    /// What is wanted while 1-aa serves, and 2-bb is on its way.
    private func beforeTheReplacement() throws -> UnitWishes {
        var wishes = try UnitsFixture.serving()
        wishes.current = try Revision("1-aa")
        wishes.revisions = [
            try Revision("1-aa"): .active(isReady: true), try Revision("2-bb"): .active(isReady: false),
        ]
        return wishes
    }

    @Test func `the unit of a replaced revision is stopped by a job, and exits when it is asked to stop`()
        async throws
    {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.holdsStops = true }
        try await fixture.run { tasks in
            let (old, new) = (
                try await connected(UnitsFixture.old, fixture, &tasks),
                try await connected(UnitsFixture.current, fixture, &tasks)
            )
            _ = try await connected(UnitsFixture.manager, fixture, &tasks)
            fixture.units.update(try beforeTheReplacement())
            try await eventually("the old one serves") { old.told.first == "ready" }
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("systemd is asked to stop it") { fixture.systemd.stopped == [UnitsFixture.old] }
            #expect(!old.told.contains("exit 0"))
            try await old.say("stopping")
            try await eventually("it exits") { old.told.last == "exit 0" }
            fixture.systemd.set { $0.holdsStops = false }
            await old.disconnect()
            try await eventually("nothing waits") { fixture.clock.deadlines.isEmpty }
            #expect(fixture.events == [.unit(.managerStarted(nil))])
            #expect(fixture.systemd.stopped == [UnitsFixture.old])
            #expect(!new.told.contains("exit 0"))
        }
    }

    @Test func `the stop of a crashed container's unit carries its exit code`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.holdsStops = true }
        try await fixture.run { tasks in
            let revision = try await connected(UnitsFixture.current, fixture, &tasks)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready") { revision.told.first == "ready" }
            var wishes = try UnitsFixture.serving()
            wishes.revisions = [try Revision("2-bb"): .ended(exitCode: 7)]
            fixture.units.update(wishes)
            try await eventually("systemd is asked to stop it") { fixture.systemd.stopped == [UnitsFixture.current] }
            try await revision.say("stopping")
            try await eventually("it exits as its container") { revision.told.last == "exit 7" }
            // The back-off is over before systemd is through with the stop.
            fixture.units.update(try UnitsFixture.serving())
            await revision.disconnect()
            try await eventually("it is started again") { fixture.systemd.started.contains(UnitsFixture.current) }
            #expect(!fixture.events.contains(.unit(.revisionStopRequested(try Revision("2-bb")))))
            fixture.systemd.set { $0.holdsStops = false }
        }
    }

    @Test func `a launch exits without a stop of its unit when systemd doesn't ask it to within 10 s`()
        async throws
    {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.stopsFail = true }
        try await fixture.run { tasks in
            let old = try await connected(UnitsFixture.old, fixture, &tasks)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it exits") { old.told.last == "exit 0" }
            await old.disconnect()
            fixture.systemd.set { content in
                content.stopsFail = false
                content.holdsStops = true
            }
            try await eventually("nothing waits") { fixture.clock.deadlines.isEmpty }
            let next = try await connected(UnitsFixture.old, fixture, &tasks)
            try await eventually("systemd is asked") { fixture.clock.deadlines == [.seconds(10)] }
            #expect(next.told.isEmpty)
            fixture.clock.advance(by: .seconds(10))
            try await eventually("it exits") { next.told.last == "exit 0" }
        }
    }

    @Test func `an old revision's unit that systemd starts again by itself is stopped without a refusal`()
        async throws
    {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.old] = .automatic }
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            let old = try await connected(UnitsFixture.old, fixture, &tasks)
            try await eventually("it exits") { old.told.last == "exit 0" }
            #expect(fixture.systemd.stopped == [UnitsFixture.old])
            #expect(!old.told.contains { $0.hasPrefix("say") })
        }
    }

    @Test func `systemd's own restart of the current revision's unit ends no back-off of its container`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.current] = .automatic }
        try await fixture.run { tasks in
            var wishes = try UnitsFixture.serving()
            wishes.revisions = [:]
            fixture.units.update(wishes)
            _ = try await connected(UnitsFixture.manager, fixture, &tasks)
            let revision = try await connected(UnitsFixture.current, fixture, &tasks)
            // Another one shows that it has been looked at.
            let old = try await connected(UnitsFixture.old, fixture, &tasks)
            try await eventually("that is taken in") { old.told.last == "exit 0" }
            #expect(revision.told.isEmpty)
            #expect(fixture.events == [.unit(.managerStarted(nil))])
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready once its container serves") { revision.told == ["ready", "logs abc -"] }
        }
    }

    /// A service whose first revision failed.
    private func failed() throws -> UnitWishes {
        var wishes = try UnitsFixture.serving()
        wishes.isManaged = false
        wishes.current = nil
        wishes.manager = .ended(exitCode: 1)
        wishes.revisions = [:]
        return wishes
    }

    @Test func `a manager that fails ends with the reason, in its status and in its journal`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let manager = try await connected(UnitsFixture.manager, fixture, &tasks)
            var wishes = try failed()
            wishes.status = "1-aa failed (healthy): GET / → 503"
            fixture.units.update(wishes)
            try await eventually("it fails") { manager.told.last == "exit 1" }
            #expect(manager.status == "status 1-aa failed (healthy): GET / → 503")
            #expect(manager.told.contains("say 1-aa failed (healthy): GET / → 503"))
        }
    }

    @Test func `a manager that has failed, and that systemd starts again, fails without another try`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let first = try await connected(UnitsFixture.manager, fixture, &tasks)
            fixture.units.update(try failed())
            try await eventually("it fails") { first.told.last == "exit 1" }
            #expect(fixture.systemd.stopped.isEmpty)
            await first.disconnect()
            fixture.systemd.set { $0.starts[UnitsFixture.manager] = .automatic }
            let second = try await connected(UnitsFixture.manager, fixture, &tasks)
            try await eventually("it fails by a stop, which systemd leaves at that") {
                second.told.last == "exit 1" && fixture.systemd.stopped == [UnitsFixture.manager]
            }
            #expect(fixture.events == [.unit(.managerStarted(nil))])
        }
    }

    @Test func `a manager that has failed, and that a person starts, waits for the rollout's answer`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.manager] = .requested }
        try await fixture.run { tasks in
            fixture.units.update(try failed())
            let earlier = try await connected(UnitsFixture.old, fixture, &tasks)
            try await eventually("the failure is known") { earlier.told.last == "exit 0" }
            await earlier.disconnect()
            let manager = try await connected(UnitsFixture.manager, fixture, &tasks)
            try await eventually("the rollout is asked") { fixture.events == [.unit(.managerStarted(nil))] }
            let old = try await connected(UnitsFixture.old, fixture, &tasks)
            try await eventually("that is taken in") { old.told.last == "exit 0" }
            #expect(manager.told.isEmpty)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready") { manager.told == ["ready"] }
        }
    }

    @Test(
        arguments: [
            ("activating", 0, .requested), ("activating", 3, .automatic), ("active", 3, .complete),
            ("failed", 0, .complete),
        ] as [(String, UInt32, UnitStart)]
    )
    func `systemd counts the restarts of its own`(active: String, restarts: UInt32, start: UnitStart) {
        var unit = UnitState(name: "web@1-aa.service", loadState: "loaded", activeState: active)
        unit.service = ServiceState(
            result: "success",
            mainPID: 1,
            execMainStatus: 0,
            execMainCode: 0,
            restarts: restarts
        )
        #expect(UnitStart(unit) == start)
    }
}
