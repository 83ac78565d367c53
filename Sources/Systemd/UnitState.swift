/// A unit's state in systemd.
package struct UnitState: Equatable, Sendable {
    package init(name: String, loadState: String, activeState: String, subState: String = "") {
        self.name = name
        self.loadState = loadState
        self.activeState = activeState
        self.subState = subState
        fragmentPath = ""
        dropInPaths = []
        activeEnterTimestampMonotonic = 0
        needDaemonReload = false
    }

    /// The unit's primary name, for example "docker.service".
    package var name: String
    /// "loaded", "not-found", "bad-setting", "error", "masked" or "merged".
    package var loadState: String
    /// "active", "reloading", "inactive", "failed", "activating", "deactivating" or "maintenance".
    package var activeState: String
    /// The state of the unit's own type, for example "running", "exited" or "auto-restart".
    package var subState: String
    /// Its queued or running job.
    package var job: JobType?
    /// The path of its file; empty when there is none.
    package var fragmentPath: String
    /// Its drop-ins, in the order in which they apply.
    package var dropInPaths: [String]
    /// When it last became active, in microseconds of the monotonic clock; 0 if never.
    package var activeEnterTimestampMonotonic: UInt64
    /// When it last began to stop, in the same way.
    package var activeExitTimestampMonotonic: UInt64 = 0
    /// When it last became inactive or failed, in the same way.
    package var inactiveEnterTimestampMonotonic: UInt64 = 0
    /// The units that it is stopped with: those of Requires=, Requisite=, BindsTo= and PartOf=.
    package var stopsWith: Set<String> = []
    /// Whether its files have changed since systemd read them.
    package var needDaemonReload: Bool
    /// The state that only services have; nil for other units, and for services that aren't loaded.
    package var service: ServiceState?
}

/// The state that only services have.
package struct ServiceState: Equatable, Sendable {
    package init(
        result: String,
        mainPID: UInt32,
        execMainStatus: Int32,
        execMainCode: Int32,
        restarts: UInt32 = 0,
        programs: [String] = []
    ) {
        self.result = result
        self.mainPID = mainPID
        self.execMainStatus = execMainStatus
        self.execMainCode = execMainCode
        self.restarts = restarts
        self.programs = programs
    }

    /// "success", or why it failed: "exit-code", "signal", "timeout", "watchdog", ….
    package var result: String
    /// The main process, 0 while there is none.
    package var mainPID: UInt32
    /// The last main process' exit status, or the number of the signal that ended it.
    package var execMainStatus: Int32
    /// How the last main process ended: CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3); 0 if it hasn't.
    package var execMainCode: Int32
    /// How often Restart= has restarted it since it was last started (NRestarts).
    package var restarts: UInt32
    /// The programs that its ExecStart runs.
    package var programs: [String]
}

/// What a job does with its unit.
package enum JobType: Equatable, Sendable {
    case start, stop, restart, reload
    /// Any other, such as "verify-active".
    case other(String)

    init(_ text: String) {
        self =
            switch text {
            case "start": .start
            case "stop": .stop
            case "restart", "try-restart": .restart
            case "reload": .reload
            default: .other(text)
            }
    }
}

/// One line of a list of units.
package struct UnitSummary: Equatable, Sendable {
    /// The unit's primary name.
    package var name: String
    package var loadState: String
    package var activeState: String
    package var subState: String
    /// What is queued or running for it.
    package var job: JobType?
}
