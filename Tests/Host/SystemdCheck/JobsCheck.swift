import Systemd

/// Jobs and states of the units that systemd.test has made.
struct JobsCheck {
    let bus = SystemBus()

    func run() async throws {
        try await results()
        try await states()
        try await errors()
        try await pending()
        try await overReexecution()
        try await overRestartOfTheBus()
    }

    private func results() async throws {
        try expect("start", try await bus.startUnit("check-ok@1-ab.service"), .done)
        try expect("start again", try await bus.startUnit("check-ok@1-ab.service"), .done)
        try expect("restart", try await bus.restartUnit("check-ok@1-ab.service"), .done)
        try expect("stop", try await bus.stopUnit("check-ok@1-ab.service"), .done)
        try expect("stop again", try await bus.stopUnit("check-ok@1-ab.service"), .done)
        try expect("start of a unit that fails", try await bus.startUnit("check-fails.service"), .failed)
        try expect("start of one that requires it", try await bus.startUnit("check-requires.service"), .dependency)
        try expect("start of one that takes too long", try await bus.startUnit("check-late.service"), .timeout)
        for _ in 0..<8 {
            try await bus.resetFailedUnit("check-fails.service")
            guard try await bus.startUnit("check-fails.service") == .failed else {
                throw Mismatch("start after a reset")
            }
        }
        report("ok: eight failed starts with resets")
    }

    private func states() async throws {
        _ = try await bus.startUnit("check-ok@1-ab.service")
        let state = try await bus.unitState("check-ok@1-ab.service")
        try expect("active", [state.loadState, state.activeState, state.subState], ["loaded", "active", "running"])
        try expect("no job", state.job, nil)
        try expect("file", state.fragmentPath, "/run/systemd/system/check-ok@.service")
        try expect("drop-ins", state.dropInPaths, ["/run/systemd/system/check-ok@.service.d/x.conf"])
        try expect("result", state.service?.result, "success")
        try expect("has a process", (state.service?.mainPID ?? 0) > 1 && state.activeEnterTimestampMonotonic > 0, true)
        try expect("up to date", state.needDaemonReload, false)
        let failed = try await bus.unitState("check-fails.service")
        try expect("failed", [failed.activeState, failed.service?.result], ["failed", "exit-code"])
        try expect("exit status", failed.service?.execMainStatus, 3)
        try expect("way it ended", failed.service?.execMainCode, 1)
        try await bus.resetFailedUnit("check-fails.service")
        try expect("after the reset", try await bus.unitState("check-fails.service").activeState, "inactive")
        let docker = try await bus.unitState("docker.service")
        try expect("docker.service", [docker.loadState, docker.activeState], ["loaded", "active"])
        let target = try await bus.unitState("multi-user.target")
        try expect("a target is no service", target.service, nil)
        let units = try await bus.units(patterns: ["check-ok@*"])
        try expect("list", units.map(\.name), ["check-ok@1-ab.service"])
        try expect("state in the list", units.map(\.activeState), ["active"])
        try expect("everything is listed", try await bus.units(patterns: []).count > 50, true)
    }

    private func errors() async throws {
        try expect("unknown unit", try await bus.unitState("check-unknown.service").loadState, "not-found")
        for (name, error) in [
            ("check-unknown.service", "org.freedesktop.systemd1.NoSuchUnit"),
            ("check-masked.service", "org.freedesktop.systemd1.UnitMasked"),
            ("no unit at all", "org.freedesktop.DBus.Error.InvalidArgs"),
        ] {
            do {
                let result = try await bus.startUnit(name)
                throw Mismatch("start of \(name) gave \(result)")
            } catch let failure as SystemdError {
                guard case .refused(_, error, _) = failure, !failure.isTransient else { throw failure }
                report("ok: \(failure)")
            }
        }
        try await bus.resetFailedUnit("check-unknown.service")
    }

    private func pending() async throws {
        async let first = bus.startUnit("check-slow.service")
        try await until("the job is there") { try await bus.unitState("check-slow.service").job == .start }
        try expect("activating", try await bus.unitState("check-slow.service").activeState, "activating")
        try expect("stop during the start", try await bus.stopUnit("check-slow.service"), .done)
        try expect("the start", try await first, .canceled)
        async let second = bus.startUnit("check-slow.service")
        try await until("the job is there") { try await bus.unitState("check-slow.service").job == .start }
        try await bus.reload()
        command("touch", "/run/check-go")
        try expect("a job over a reload", try await second, .done)
        let stopping = Task { try await bus.restartUnit("check-slow.service") }
        try await until("the restart is seen") { try await bus.unitState("check-slow.service").job == .restart }
        stopping.cancel()
        try expect(
            "a task that is cancelled",
            await stopping.result.failure,
            .cancelled(operation: "RestartUnit check-slow.service")
        )
        command("rm", "/run/check-go")
        _ = try await bus.stopUnit("check-slow.service")
    }

    private func overReexecution() async throws {
        async let job = bus.startUnit("check-slow.service")
        try await until("the job is there") { try await bus.unitState("check-slow.service").job == .start }
        command("systemctl", "daemon-reexec")
        do {
            let result = try await job
            throw Mismatch("a job over a re-execution gave \(result) before its end")
        } catch let failure as SystemdError {
            guard failure.isTransient else { throw failure }
            report("ok: \(failure)")
        }
        try await untilItWorks { _ = try await bus.stopUnit("check-slow.service") }
        try expect("start after it", try await bus.startUnit("check-ok@2-cd.service"), .done)
    }

    private func overRestartOfTheBus() async throws {
        async let job = bus.startUnit("check-slow.service")
        try await until("the job is there") { try await bus.unitState("check-slow.service").job == .start }
        command("systemctl", "kill", "--signal=KILL", "dbus.service")
        do {
            let result = try await job
            throw Mismatch("a job over the bus's end gave \(result)")
        } catch let failure as SystemdError {
            guard failure.isTransient else { throw failure }
            report("ok: \(failure)")
        }
        try await untilItWorks { _ = try await bus.stopUnit("check-slow.service") }
        try expect("start after it", try await bus.startUnit("check-ok@3-ef.service"), .done)
    }

    private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard ContinuousClock.now < end else { throw Mismatch("within 60 s: \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
        report("ok: \(what)")
    }

    /// Errors may come for a while, but only such as say that they pass.
    private func untilItWorks(_ body: () async throws -> Void) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            do {
                return try await body()
            } catch let failure as SystemdError {
                guard failure.isTransient else { throw failure }
                report("passing: \(failure)")
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        throw Mismatch("it doesn't work again within 60 s")
    }
}

extension Result {
    fileprivate var failure: SystemdError? {
        guard case .failure(let error) = self else { return nil }
        return error as? SystemdError
    }
}
