import ServiceManager
import Systemd
import TestSupport
import Testing

/// What the states of units say of why they ended, and of whether Docker may be talked to.
@Suite struct UnitStateTests {
    private func manager(_ active: String, result: String = "success", requiresDocker: Bool = true) -> UnitState {
        var state = UnitState(name: "web@manager.service", loadState: "loaded", activeState: active)
        state.service = ServiceState(result: result, mainPID: 0, execMainStatus: 0, execMainCode: 1)
        if requiresDocker { state.stopsWith = ["docker.service", "sysinit.target"] }
        state.inactiveEnterTimestampMonotonic = 100_000_000
        return state
    }

    /// A daemon that ended before.
    private let daemon: UnitState = {
        var daemon = UnitState(name: "service-managerd.service", loadState: "loaded", activeState: "activating")
        daemon.activeExitTimestampMonotonic = 50_000_000
        return daemon
    }()

    @Test(arguments: [
        ("active", true), ("activating", true), ("reloading", true), ("deactivating", false), ("inactive", false),
        ("failed", false),
    ])
    func `Docker is talked to while its unit is up or coming up`(active: String, isOpen: Bool) {
        #expect(DockerUnit.letsPass(FakeDockerUnit.state(active)) == isOpen)
    }

    @Test func `Docker is talked to where its unit isn't what runs it, or was never started`() {
        #expect(DockerUnit.letsPass(UnitState(name: "docker.service", loadState: "not-found", activeState: "inactive")))
        #expect(DockerUnit.letsPass(FakeDockerUnit.state("inactive", wasActive: false)))
        #expect(DockerUnit(nil).isOpen)
    }

    @Test func `Docker isn't talked to when its stop or restart waits`() {
        #expect(!DockerUnit.letsPass(FakeDockerUnit.state("active", job: .stop)))
        #expect(!DockerUnit.letsPass(FakeDockerUnit.state("active", job: .restart)))
        #expect(DockerUnit.letsPass(FakeDockerUnit.state("activating", job: .start)))
    }

    @Test func `at a shutdown Docker is talked to until it stops, so that services end in good order`() async throws {
        #expect(DockerUnit.letsPass(FakeDockerUnit.state("active", job: .stop), isGoingDown: true))
        #expect(!DockerUnit.letsPass(FakeDockerUnit.state("deactivating", job: .stop), isGoingDown: true))
        let docker = FakeDockerUnit()
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await docker.gate.follow(docker.states) }
            docker.become("active", job: .stop)
            try await eventually("a person's stop closes it") { !docker.gate.isOpen }
            docker.goDown()
            try await eventually("a shutdown doesn't") { docker.gate.isOpen }
            docker.become("deactivating", job: .stop)
            try await eventually("Docker's own end does") { !docker.gate.isOpen }
            tasks.cancelAll()
        }
    }

    @Test func `a restart is told from a stop by the unit's job`() {
        var unit = manager("deactivating")
        unit.job = .restart
        let docker = FakeDockerUnit.state("active", job: .restart)
        #expect(UnitStopReason(unit: unit, docker: docker, shutdown: nil) == .restart)
        unit.job = .stop
        #expect(UnitStopReason(unit: unit, docker: FakeDockerUnit.state("active"), shutdown: nil) == .person)
    }

    @Test func `a stop of Docker stops the units that require it`() {
        let docker = FakeDockerUnit.state("active", job: .stop)
        #expect(UnitStopReason(unit: manager("deactivating"), docker: docker, shutdown: nil) == .docker)
        let independent = manager("deactivating", requiresDocker: false)
        #expect(UnitStopReason(unit: independent, docker: docker, shutdown: nil) == .person)
        var shutdown = UnitState(name: "shutdown.target", loadState: "loaded", activeState: "inactive")
        shutdown.job = .start
        #expect(UnitStopReason(unit: manager("deactivating"), docker: docker, shutdown: shutdown) == .shutdown)
    }

    @Test(arguments: [
        ("active", "success", UnitEnding.running), ("activating", "success", .running),
        ("inactive", "success", .stopped),
        ("failed", "signal", .failed), ("failed", "exit-code", .failed), ("inactive", "signal", .failed),
    ])
    func `a unit that ended in peace was stopped`(active: String, result: String, ending: UnitEnding) {
        #expect(
            UnitEnding(manager(active, result: result), docker: FakeDockerUnit.state("active"), daemon: daemon)
                == ending
        )
    }

    @Test func `a unit that ended right before Docker's stop went down with it`() {
        var docker = FakeDockerUnit.state("active")
        docker.activeExitTimestampMonotonic = 100_200_000
        #expect(UnitEnding(manager("inactive"), docker: docker, daemon: daemon) == .docker)
        #expect(UnitEnding(manager("inactive", requiresDocker: false), docker: docker, daemon: daemon) == .stopped)
        docker.activeExitTimestampMonotonic = 99_000_000
        #expect(UnitEnding(manager("inactive"), docker: docker, daemon: daemon) == .stopped)
        docker.activeExitTimestampMonotonic = 200_000_000
        #expect(UnitEnding(manager("inactive"), docker: docker, daemon: daemon) == .stopped)
        #expect(UnitEnding(manager("inactive"), docker: FakeDockerUnit.state("inactive"), daemon: daemon) == .docker)
    }

    @Test func `a unit that systemd has forgotten went down with Docker if Docker was started without a daemon`() {
        var unit = manager("inactive")
        unit.inactiveEnterTimestampMonotonic = 0
        var docker = FakeDockerUnit.state("active")
        docker.activeEnterTimestampMonotonic = 60_000_000
        #expect(UnitEnding(unit, docker: docker, daemon: daemon) == .docker)
        docker.activeEnterTimestampMonotonic = 40_000_000
        #expect(UnitEnding(unit, docker: docker, daemon: daemon) == .stopped)
        #expect(UnitEnding(unit, docker: FakeDockerUnit.state("inactive"), daemon: daemon) == .docker)
    }
}
