import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import Synchronization
import SystemPackage
import Systemd
import TestSupport
import Testing

/// What a killed launch, a stop by hand, a restart and a stop of Docker lead to.
@Suite struct SystemdUnitsTests {
    private typealias Group = ThrowingTaskGroup<Void, any Error>

    /// A service that serves, with its two units connected.
    private func serving(
        _ fixture: UnitsFixture,
        _ tasks: inout Group
    ) async throws -> (manager: FakeLaunch, revision: FakeLaunch) {
        let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
        let revision = FakeLaunch(UnitsFixture.current, of: fixture.units)
        try await manager.connect(in: &tasks)
        try await revision.connect(in: &tasks)
        fixture.units.update(try UnitsFixture.serving())
        try await eventually("both are ready") {
            manager.told == ["ready"] && revision.told == ["ready", "logs abc -"]
        }
        return (manager, revision)
    }

    @Test func `units that run are told what is new, and none is started`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            _ = try await serving(fixture, &tasks)
            #expect(fixture.systemd.started.isEmpty)
            #expect(fixture.events == [.unit(.managerStarted(nil))])
        }
    }

    @Test func `a launch is told where Docker is, and what it speaks, before it reads from it, and once`() async throws
    {
        let fixture = UnitsFixture(access: DockerAccess(socket: "/srv/docker.sock") { "1.47" })
        try await fixture.run { tasks in
            let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            let revision = FakeLaunch(UnitsFixture.current, of: fixture.units)
            try await manager.connect(in: &tasks)
            try await revision.connect(in: &tasks)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("both are told") {
                manager.told == ["ready"]
                    && revision.told == ["ready", "docker /srv/docker.sock", "docker-api 1.47", "logs abc -"]
            }
        }
    }

    @Test func `a launch that lost Docker isn't sent to another engine`() async throws {
        let isOther = Mutex(true)
        let fixture = UnitsFixture(access: DockerAccess(isOtherEngine: { isOther.withLock { $0 } }))
        try await fixture.run { tasks in
            let (_, revision) = try await serving(fixture, &tasks)
            try await revision.say("waiting abc")
            try await eventually("it is looked at again later") { fixture.clock.deadlines == [.seconds(5)] }
            #expect(revision.told == ["ready", "logs abc -"])
            isOther.withLock { $0 = false }
            fixture.clock.advance(by: .seconds(5))
            try await eventually("it goes on") { revision.told == ["ready", "logs abc -", "logs abc -"] }
        }
    }

    @Test func `units that are missing are started`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("both are started") {
                Set(fixture.systemd.started) == [UnitsFixture.manager, UnitsFixture.current]
            }
        }
    }

    @Test func `the unit of a launch that was killed is started again`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (_, revision) = try await serving(fixture, &tasks)
            await revision.disconnect()
            try await eventually("it is started") { fixture.systemd.started == [UnitsFixture.current] }
        }
    }

    @Test func `a restart of a unit is no stop of the service`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, _) = try await serving(fixture, &tasks)
            fixture.systemd.set { $0.reasons[UnitsFixture.manager] = .restart }
            try await manager.say("stopping")
            try await eventually("it ends") { manager.told.last == "exit 0" }
            await manager.disconnect()
            let successor = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await successor.connect(in: &tasks)
            try await eventually("its successor is ready at once") { successor.told == ["ready"] }
            #expect(!fixture.events.contains(.unit(.managerStopRequested)))
        }
    }

    @Test func `a unit that restarts while the bus is away isn't taken for stopped by a person`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, _) = try await serving(fixture, &tasks)
            fixture.systemd.set { content in
                content.isMute = true
                content.reasons[UnitsFixture.manager] = .restart
            }
            try await manager.say("stopping")
            try await eventually("it is asked again") { fixture.clock.deadlines == [.milliseconds(100)] }
            #expect(!fixture.events.contains(.unit(.managerStopRequested)))
            #expect(manager.told == ["ready"])
            fixture.systemd.set { $0.isMute = false }
            fixture.clock.advance(by: .milliseconds(100))
            try await eventually("it ends") { manager.told.last == "exit 0" }
            #expect(!fixture.events.contains(.unit(.managerStopRequested)))
        }
    }

    @Test func `a person's stop while the bus is away counts once systemd says so`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, _) = try await serving(fixture, &tasks)
            fixture.systemd.set { $0.isMute = true }
            try await manager.say("stopping")
            try await eventually("it is asked again") { fixture.clock.deadlines == [.milliseconds(100)] }
            fixture.systemd.set { $0.isMute = false }
            fixture.clock.advance(by: .milliseconds(100))
            try await eventually("the service is stopped") { fixture.events.contains(.unit(.managerStopRequested)) }
        }
    }

    @Test func `a bus that stays away holds up no stop, and stops no service`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, _) = try await serving(fixture, &tasks)
            fixture.systemd.set { $0.isMute = true }
            try await manager.say("stopping")
            for _ in 0..<10 {
                try await eventually("it waits") { !fixture.clock.deadlines.isEmpty }
                let questions = fixture.systemd.content.withLock(\.questions)
                fixture.clock.advance(by: .seconds(5))
                try await eventually("it asks") { fixture.systemd.content.withLock(\.questions) > questions }
            }
            try await eventually("it ends") { manager.told.last == "exit 0" }
            #expect(!fixture.events.contains(.unit(.managerStopRequested)))
        }
    }

    @Test func `a manager that a person stops is told to end when its service has`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, revision) = try await serving(fixture, &tasks)
            try await manager.say("stopping")
            try await revision.say("stopping")
            #expect(fixture.events.contains(.unit(.managerStopRequested)))
            var wishes = try UnitsFixture.serving()
            wishes.isManaged = false
            wishes.current = nil
            fixture.units.update(wishes)
            wishes.revisions = [:]
            wishes.manager = nil
            fixture.units.update(wishes)
            try await eventually("both end") { manager.told.last == "exit 0" && revision.told.last == "exit 0" }
            await manager.disconnect()
            await revision.disconnect()
            fixture.clock.advance(by: .seconds(120))
            fixture.units.update(wishes)
            try await eventually("that is taken note of") { fixture.clock.deadlines.isEmpty }
            #expect(fixture.systemd.started.isEmpty)
        }
    }

    @Test func `a manager that left before its service had ended isn't started again`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, revision) = try await serving(fixture, &tasks)
            try await manager.say("stopping")
            var wishes = try UnitsFixture.serving()
            wishes.isManaged = false
            fixture.units.update(wishes)
            await manager.disconnect()
            wishes.revisions = [:]
            fixture.units.update(wishes)
            try await eventually("the revision ends") { revision.told.last == "exit 0" }
            #expect(fixture.systemd.started.isEmpty)
        }
    }

    @Test func `units that go down with Docker are started again when it is back, and only then`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, revision) = try await serving(fixture, &tasks)
            fixture.systemd.set { content in
                content.reasons = [UnitsFixture.manager: .docker, UnitsFixture.current: .docker]
            }
            try await manager.say("stopping")
            try await revision.say("stopping")
            try await eventually("both end") { manager.told.last == "exit 0" && revision.told.last == "exit 0" }
            fixture.docker.become("deactivating")
            try await eventually("it is known") { !fixture.docker.gate.isOpen }
            await manager.disconnect()
            await revision.disconnect()
            fixture.docker.become("inactive")
            fixture.units.update(try UnitsFixture.serving())
            // A service without units shows that what came before was taken in.
            let other = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await other.connect(in: &tasks)
            try await eventually("that is taken in") { other.told.last == "exit 0" }
            #expect(fixture.systemd.started.isEmpty)
            #expect(fixture.events == [.unit(.managerStarted(nil))])
            fixture.docker.become("activating")
            try await eventually("both are started") {
                Set(fixture.systemd.started) == [UnitsFixture.manager, UnitsFixture.current]
            }
        }
    }

    @Test func `no unit is started while Docker's stop waits for those that require it`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (manager, revision) = try await serving(fixture, &tasks)
            fixture.systemd.set { $0.reasons[UnitsFixture.manager] = .docker }
            fixture.docker.become(quietly: "active", job: .stop)
            try await manager.say("stopping")
            await manager.disconnect()
            try await revision.say("waiting abc")
            try await eventually("it is looked at") { !fixture.docker.gate.isOpen }
            fixture.docker.become("inactive")
            let other = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await other.connect(in: &tasks)
            try await eventually("that is taken in") { other.told.last == "exit 0" }
            #expect(fixture.systemd.started.isEmpty)
            #expect(revision.told == ["ready", "logs abc -"])
            fixture.docker.become("active")
            try await eventually("it is started") { fixture.systemd.started.contains(UnitsFixture.manager) }
            try await eventually("output is copied on") {
                revision.told.last == "logs abc -" && revision.told.count == 3
            }
        }
    }

    @Test func `a template is there as long as its service is defined or runs`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let service = try ServiceID("web")
            let file = fixture.folder.appending("web@.service").string
            let text = #"{"image": "web:1", "port": 80, "address": "172.18.0.1:7001"}"#
            let definition = try #require(ServiceDefinition.decode([UInt8](text.utf8)).definition)
            let revision = try Revision("1-aa")
            let accepted = AcceptedDefinition(revision: revision, definition: definition, document: [UInt8](text.utf8))
            var wishes = try UnitsFixture.serving()
            wishes.isDefined = false
            wishes.isManaged = false
            wishes.manager = nil
            fixture.units.defined(accepted, of: service)
            // The rollout's first wishes may come after its definition.
            fixture.units.update(wishes)
            try await eventually("its manager is started") { fixture.systemd.started == [UnitsFixture.manager] }
            #expect(FileManager.default.fileExists(atPath: file))
            let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await manager.connect(in: &tasks)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready") { manager.told == ["ready"] }
            fixture.units.withdrawn(service)
            fixture.units.update(wishes)
            let other = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await other.connect(in: &tasks)
            #expect(FileManager.default.fileExists(atPath: file))
            await other.disconnect()
            await manager.disconnect()
            try await eventually("it is removed") { !FileManager.default.fileExists(atPath: file) }
        }
    }

    /// A service whose document was deleted, and that has ended.
    private static func ended() throws -> UnitWishes {
        var wishes = try UnitsFixture.serving([])
        wishes.isDefined = false
        wishes.isManaged = false
        wishes.current = nil
        wishes.manager = nil
        wishes.revisions = [:]
        return wishes
    }

    /// A service that was defined, served, and has ended since its document was deleted: systemd is asked to stop its manager.
    private func withdrawn(_ fixture: UnitsFixture, _ tasks: inout Group) async throws -> FakeLaunch {
        let service = try ServiceID("web")
        fixture.units.defined(try Self.accepted(), of: service)
        try await eventually("its manager is started") { starts(fixture) == 1 }
        let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
        try await manager.connect(in: &tasks)
        fixture.units.update(try UnitsFixture.serving([]))
        try await eventually("it is ready") { manager.told == ["ready"] }
        fixture.units.withdrawn(service)
        fixture.units.update(try Self.ended())
        try await eventually("it is stopped") { fixture.systemd.stopped == [UnitsFixture.manager] }
        return manager
    }

    /// How often the manager's unit was started.
    private func starts(_ fixture: UnitsFixture) -> Int {
        fixture.systemd.started.count { $0 == UnitsFixture.manager }
    }

    @Test func `the manager's unit that was made of a document ends with it, and starts when the document is put back`()
        async throws
    {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let manager = try await withdrawn(fixture, &tasks)
            try await eventually("it is told to exit") { manager.told.last == "exit 0" }
            await manager.disconnect()
            let file = fixture.folder.appending("web@.service").string
            try await eventually("the template is removed") { !FileManager.default.fileExists(atPath: file) }
            fixture.units.defined(try Self.accepted(), of: try ServiceID("web"))
            // systemd has read its units a moment ago.
            try await eventually("its manager is started again") {
                fixture.clock.advance(by: UnitReloader.interval)
                return starts(fixture) == 2
            }
            #expect(fixture.events == [.unit(.managerStarted(nil))])
        }
    }

    @Test func `a document that is put back while its manager's unit still ends has the unit started again`()
        async throws
    {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.holdsStops = true }
        try await fixture.run { tasks in
            let manager = try await withdrawn(fixture, &tasks)
            fixture.units.defined(try Self.accepted(), of: try ServiceID("web"))
            try await eventually("its manager is started again") { starts(fixture) == 2 }
            fixture.systemd.set { $0.holdsStops = false }
            try await eventually("the one before has ended") { manager.told.last == "exit 0" }
            await manager.disconnect()
            let next = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await next.connect(in: &tasks)
            fixture.units.update(try UnitsFixture.serving([]))
            try await eventually("it is ready") { next.told == ["ready"] }
            #expect(FileManager.default.fileExists(atPath: fixture.folder.appending("web@.service").string))
        }
    }

    @Test func `a manager that a person started waits for its document again after the document was deleted`()
        async throws
    {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await manager.connect(in: &tasks)
            fixture.units.update(try UnitsFixture.serving([]))
            try await eventually("it is ready") { manager.told == ["ready"] }
            fixture.units.withdrawn(try ServiceID("web"))
            fixture.units.update(try Self.ended())
            try await eventually("the service is told of its manager") {
                fixture.events == [.unit(.managerStarted(nil)), .unit(.managerStarted(nil))]
            }
            #expect(fixture.systemd.stopped.isEmpty && !manager.told.contains { $0.hasPrefix("exit") })
        }
    }

    @Test func `a manager that starts while its service still ends isn't ready before the service serves`() async throws
    {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            var wishes = try Self.ended()
            wishes.isDefined = true
            wishes.manager = .leaving
            fixture.units.update(wishes)
            let old = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await old.connect(in: &tasks)
            let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await manager.connect(in: &tasks)
            try await eventually("the service is told of it") { fixture.events == [.unit(.managerStarted(nil))] }
            wishes.isManaged = true
            wishes.manager = .active(isReady: false)
            wishes.status = "waiting to be healthy"
            fixture.units.update(wishes)
            try await eventually("it is told how things are") { manager.status == "status waiting to be healthy" }
            #expect(manager.told.isEmpty)
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready") { manager.told == ["ready"] }
        }
    }

    @Test func `a start of a manager that is under way succeeds when its service ends`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let manager = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await manager.connect(in: &tasks)
            var wishes = try UnitsFixture.serving([])
            wishes.manager = .active(isReady: false)
            fixture.units.update(wishes)
            try await eventually("it is told how things are") { manager.status != nil }
            wishes.isManaged = false
            wishes.manager = .leaving
            fixture.units.update(wishes)
            try await eventually("it is ready") { manager.told == ["ready"] }
        }
    }

    @Test func `a container is removed once its output is copied, or the copying makes no headway`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (_, revision) = try await serving(fixture, &tasks)
            let (container, service) = (ContainerID("abc"), try ServiceID("web"))
            async let copied: Void = fixture.units.outputCopied(of: container, service)
            try await eventually("it is waited for") { fixture.clock.deadlines == [.seconds(30)] }
            try await revision.say("copied abc")
            await copied
            try await eventually("nothing waits") { fixture.clock.deadlines.isEmpty }

            async let stalled: Void = fixture.units.outputCopied(of: container, service)
            try await eventually("it is waited for") { fixture.clock.deadlines == [.seconds(30)] }
            try await revision.say("position abc 1.5")
            fixture.clock.advance(by: .seconds(30))
            try await eventually("it is copied on, and waited for") { fixture.clock.deadlines == [.seconds(60)] }
            fixture.clock.advance(by: .seconds(30))
            await stalled
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a daemon that ends doesn't wait for output`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            _ = try await serving(fixture, &tasks)
            let service = try ServiceID("web")
            await withTaskGroup { removals in
                removals.addTask { await fixture.units.outputCopied(of: ContainerID("abc"), service) }
                try? await eventually("it is waited for") { !fixture.clock.deadlines.isEmpty }
                removals.cancelAll()
            }
            #expect(fixture.clock.deadlines.isEmpty)
        }
    }

    private static func accepted() throws -> AcceptedDefinition {
        let text = #"{"image": "web:1", "port": 80, "address": "172.18.0.1:7001"}"#
        let definition = try #require(ServiceDefinition.decode([UInt8](text.utf8)).definition)
        return AcceptedDefinition(revision: try Revision("1-aa"), definition: definition, document: [UInt8](text.utf8))
    }

    @Test func `a manager that its daemon didn't come to start is started by the next daemon, once`() async throws {
        let service = try ServiceID("web")
        let first = UnitsFixture()
        first.systemd.set { $0.startsFail = true }
        try await first.run(leavesFolder: true) { _ in
            first.units.defined(try Self.accepted(), of: service)
            try await eventually("it is tried") { first.systemd.started == [UnitsFixture.manager] }
        }
        let second = UnitsFixture(hasPredecessor: true, folder: first.folder)
        try await second.run(leavesFolder: true) { tasks in
            second.units.defined(try Self.accepted(), of: service)
            try await eventually("it is started") { second.systemd.started == [UnitsFixture.manager] }
            #expect(second.systemd.reloads == 0)
            let manager = FakeLaunch(UnitsFixture.manager, of: second.units)
            try await manager.connect(in: &tasks)
            let mark = second.folder.appending("unstarted/web").string
            try await eventually("that is remembered") { !FileManager.default.fileExists(atPath: mark) }
        }
        // From now on it is a person's to stop.
        let third = UnitsFixture(hasPredecessor: true, folder: first.folder)
        third.systemd.set { $0.endings[UnitsFixture.manager] = .stopped }
        try await third.run { _ in
            third.units.defined(try Self.accepted(), of: service)
            third.units.update(try UnitsFixture.serving())
            try await eventually("its stop is told") { third.events.contains(.unit(.managerStopRequested)) }
            #expect(!third.systemd.started.contains(UnitsFixture.manager))
        }
    }

    @Test func `a daemon that ends while Docker is stopped starts nothing`() async throws {
        let fixture = UnitsFixture(isDockerRunning: false)
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            let launch = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await launch.connect(in: &tasks)
            try await eventually("that is taken in") { launch.told.last == "exit 0" }
        }
        #expect(fixture.systemd.started.isEmpty)
    }

    @Test func `a daemon that starts while Docker is stopped starts no unit before it is back`() async throws {
        let fixture = UnitsFixture(isDockerRunning: false, hasPredecessor: true)
        fixture.systemd.set { $0.endings[UnitsFixture.manager] = .docker }
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            let launch = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await launch.connect(in: &tasks)
            try await eventually("that is taken in") { launch.told.last == "exit 0" }
            #expect(fixture.systemd.started.isEmpty)
            fixture.docker.become("active")
            try await eventually("both are started") {
                Set(fixture.systemd.started) == [UnitsFixture.manager, UnitsFixture.current]
            }
        }
    }

    @Test(arguments: [UnitEnding.stopped, .failed, .docker, .running])
    func `only a manager that was stopped while no daemon ran stays stopped`(ending: UnitEnding) async throws {
        let fixture = UnitsFixture(hasPredecessor: true)
        fixture.systemd.set { $0.endings[UnitsFixture.manager] = ending }
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("the revision's unit is started") {
                fixture.systemd.started.contains(UnitsFixture.current)
            }
            if ending == .stopped {
                try await eventually("the service is stopped") { fixture.events == [.unit(.managerStopRequested)] }
                #expect(!fixture.systemd.started.contains(UnitsFixture.manager))
            } else {
                try await eventually("the manager is started") {
                    fixture.systemd.started.contains(UnitsFixture.manager)
                }
                #expect(fixture.events.isEmpty)
            }
        }
    }

    @Test func `after a boot a manager that isn't up is started, however it ended`() async throws {
        let fixture = UnitsFixture(hasPredecessor: false)
        fixture.systemd.set { $0.endings[UnitsFixture.manager] = .stopped }
        try await fixture.run { tasks in
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is started") { fixture.systemd.started.contains(UnitsFixture.manager) }
        }
    }

    @Test func `an old revision's unit that a person starts is refused with what to do instead`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.old] = .requested }
        try await fixture.run { tasks in
            _ = try await serving(fixture, &tasks)
            let old = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await old.connect(in: &tasks)
            try await eventually("it fails") { old.told.last == "exit 1" }
            #expect(old.told.first?.contains("smctl rollback web 1-aa") == true)
            #expect(old.status?.contains("smctl rollback web 1-aa") == true)
            #expect(fixture.systemd.forgotten.isEmpty)
        }
    }

    @Test func `a revision's unit of a service that isn't managed is refused with what to do instead`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.current] = .requested }
        try await fixture.run { tasks in
            var wishes = try UnitsFixture.serving()
            wishes.isManaged = false
            wishes.current = nil
            wishes.manager = nil
            wishes.revisions = [:]
            fixture.units.update(wishes)
            let launch = FakeLaunch(UnitsFixture.current, of: fixture.units)
            try await launch.connect(in: &tasks)
            try await eventually("it fails") { launch.told.last == "exit 1" }
            #expect(launch.told.first?.contains("systemctl start web@manager") == true)
        }
    }

    @Test func `the current revision's unit that a person starts while it is held back is let go on`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.starts[UnitsFixture.current] = .requested }
        try await fixture.run { tasks in
            var wishes = try UnitsFixture.serving()
            wishes.revisions = [:]
            fixture.units.update(wishes)
            let launch = FakeLaunch(UnitsFixture.current, of: fixture.units)
            try await launch.connect(in: &tasks)
            try await eventually("the rollout is told") {
                fixture.events == [.unit(.revisionStartRequested(try Revision("2-bb")))]
            }
            fixture.units.update(try UnitsFixture.serving())
            try await eventually("it is ready") { launch.told == ["ready", "logs abc -"] }
        }
    }

    @Test func `what a container's end leaves is the newest failed unit`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (_, revision) = try await serving(fixture, &tasks)
            var wishes = try UnitsFixture.serving()
            wishes.revisions = [try Revision("2-bb"): .ended(exitCode: 7)]
            fixture.units.update(wishes)
            try await eventually("it ends as its container") { revision.told.last == "exit 7" }
            try await eventually("the others are forgotten") {
                fixture.systemd.forgotten == ["web but \(UnitsFixture.current)"]
            }
        }
    }

    @Test func `a launch that lost Docker goes on when Docker is back`() async throws {
        let fixture = UnitsFixture()
        try await fixture.run { tasks in
            let (_, revision) = try await serving(fixture, &tasks)
            try await revision.say("position abc 2026-01-31T13:59:01.000000000Z")
            fixture.docker.become("inactive")
            try await eventually("it is known") { !fixture.docker.gate.isOpen }
            try await revision.say("waiting abc")
            var ended = try UnitsFixture.serving()
            ended.revisions = [try Revision("2-bb"): .ended(exitCode: 137)]
            fixture.units.update(ended)
            ended.status = "something else"
            let other = FakeLaunch(UnitsFixture.old, of: fixture.units)
            try await other.connect(in: &tasks)
            try await eventually("that is taken in") { other.told.last == "exit 0" }
            #expect(revision.told == ["ready", "logs abc -"])
            fixture.docker.become("active")
            try await eventually("it goes on, and ends then") { revision.told.last == "exit 137" }
            #expect(Set(revision.told.dropFirst(2).dropLast()) == ["logs abc 2026-01-31T13:59:01.000000000Z"])
        }
    }

    @Test func `systemd reads its units anew at most once in five seconds`() async throws {
        let fixture = UnitsFixture()
        let reloader = UnitReloader(control: fixture.systemd, clock: fixture.clock, logger: .init(label: "test"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await reloader.run() }
            await reloader.reload()
            try await eventually("it rests") { fixture.clock.deadlines == [.seconds(5)] }
            #expect(fixture.systemd.reloads == 1)
            try await withThrowingTaskGroup { askers in
                for _ in 0..<20 {
                    askers.addTask {
                        await reloader.reload()
                        fixture.systemd.set { $0.forgotten.append("served") }
                    }
                }
                fixture.clock.advance(by: .seconds(4))
                #expect(fixture.systemd.reloads == 1)
                // Some may ask only after the second one began.
                try await eventually("all are served") {
                    fixture.clock.advance(by: .seconds(1))
                    return fixture.systemd.forgotten.count == 20
                }
            }
            #expect(fixture.clock.now.offset >= UnitReloader.interval * (fixture.systemd.reloads - 1))
            tasks.cancelAll()
        }
    }

    @Test func `a template that is new to the generator has systemd read its units anew, once`() async throws {
        let fixture = UnitsFixture()
        fixture.systemd.set { $0.isOrdered = false }
        try await fixture.run { tasks in
            let (manager, _) = try await serving(fixture, &tasks)
            try await eventually("it is reloaded") { fixture.systemd.reloads == 1 }
            await manager.disconnect()
            let again = FakeLaunch(UnitsFixture.manager, of: fixture.units)
            try await again.connect(in: &tasks)
            try await eventually("it is ready") { again.told == ["ready"] }
            #expect(fixture.systemd.reloads == 1)
        }
    }
}
