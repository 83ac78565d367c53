package import Systemd

/// What the daemon needs from the host's service manager (systemd).
package protocol UnitControl: Sendable {
    /// Starts a unit, after resetting its failure, and awaits the job. Returns false if it didn't become active.
    func start(_ unit: String) async throws -> Bool

    /// Stops a unit and awaits the job. systemd doesn't start it again after that, whatever its Restart= says.
    ///
    /// Its main process gets SIGTERM, and its exit status becomes the unit's.
    func stop(_ unit: String) async throws

    /// Makes systemd read all unit files again. That blocks PID 1 for seconds, so it is done only when a file has changed.
    func reload() async throws

    /// Whether a unit is being started, and by whom.
    func start(of unit: String) async -> UnitStart

    /// What the unit's file starts.
    func template(of unit: String) async -> UnitTemplate

    /// Why a unit is asked to stop.
    ///
    /// - Throws: An error when that can't be found out, for example while the bus restarts. It is never taken for a person's
    ///   request.
    func stopReason(of unit: String) async throws -> UnitStopReason

    /// How a unit came into its present state; `failed` when that can't be found out.
    func ending(of unit: String) async -> UnitEnding

    /// Whether the generator has ordered the unit after the daemon; false for one that was made without a daemon-reload.
    func isOrdered(_ unit: String) async -> Bool

    /// Whether it has a unit file; true while that can't be found out.
    func hasUnit(_ unit: String) async -> Bool

    /// Resets the failures of a service's units, except for one.
    func forgetFailures(of service: String, sparing unit: String?) async
}

/// Whose file a service's unit comes from.
///
/// The name alone decides (systemd.unit(5)), and packages have templates, too: postgresql@.service, redis-server@.service.
package enum UnitTemplate: Equatable, Sendable {
    /// It runs `launch`.
    case ours
    /// It runs something else; the path of its file.
    case foreign(String)
    /// There is no file.
    case absent
    /// Nothing is known about it, or it is masked.
    case unknown

    /// - Parameter unit: An instance of the template.
    package init(_ unit: UnitState) {
        guard unit.loadState == "loaded", let programs = unit.service?.programs else {
            self = unit.loadState == "not-found" ? .absent : .unknown
            return
        }
        let runsLaunch = programs.contains { $0.hasSuffix("/service-manager/launch") }
        self = runsLaunch ? .ours : .foreign(unit.fragmentPath)
    }
}

/// A unit's start.
package enum UnitStart: Equatable, Sendable {
    /// No start is under way.
    case complete
    /// Somebody requested it.
    case requested
    /// systemd has restarted the unit by itself, as its Restart= says.
    case automatic

    /// - Parameter unit: The unit.
    package init(_ unit: UnitState) {
        if unit.activeState != "activating" {
            self = .complete
        } else {
            self = (unit.service?.restarts ?? 0) > 0 ? .automatic : .requested
        }
    }
}

/// Why a unit is asked to stop.
package enum UnitStopReason: Equatable, Sendable {
    /// It is being restarted.
    case restart
    /// Docker is being stopped, and the unit requires it.
    case docker
    /// The host is shutting down.
    case shutdown
    /// A person requested it.
    case person

    /// - Parameters:
    ///   - unit: The unit that is asked to stop.
    ///   - docker: docker.service.
    ///   - shutdown: shutdown.target. At a shutdown everything stops, including Docker, and services end in an orderly way.
    package init(unit: UnitState, docker: UnitState?, shutdown: UnitState?) {
        if unit.job == .restart {
            self = .restart
        } else if shutdown?.job == .start {
            self = .shutdown
        } else if let docker, unit.stopsWith.contains(docker.name), !DockerUnit.letsPass(docker) {
            self = .docker
        } else {
            self = .person
        }
    }
}

/// How a unit came into its state while no daemon ran.
package enum UnitEnding: Equatable, Sendable {
    /// It hasn't ended.
    case running
    /// It was stopped in an orderly way, but not because of Docker.
    case stopped
    /// It was stopped together with Docker.
    case docker
    /// It failed, or nothing is known about it.
    case failed

    /// The maximum time between the stop of the last unit that requires Docker and Docker's own stop, in microseconds.
    private static let longestGap: UInt64 = 15_000_000

    /// - Parameters:
    ///   - unit: The unit.
    ///   - docker: docker.service.
    ///   - daemon: service-managerd.service.
    package init(_ unit: UnitState, docker: UnitState?, daemon: UnitState?) {
        switch unit.activeState {
        case "active", "activating", "reloading", "deactivating": self = .running
        case "inactive" where unit.loadState == "loaded" && (unit.service?.result ?? "success") == "success":
            self = Self.wentWithDocker(unit, docker, daemon) ? .docker : .stopped
        default: self = .failed
        }
    }

    private static func wentWithDocker(_ unit: UnitState, _ docker: UnitState?, _ daemon: UnitState?) -> Bool {
        guard let docker, unit.stopsWith.contains(docker.name) else { return false }
        if !DockerUnit.letsPass(docker) { return true }
        let (ended, began) = (unit.inactiveEnterTimestampMonotonic, docker.activeExitTimestampMonotonic)
        // systemd forgets the times of a unit that nothing refers to, such as one that isn't enabled. Then what decides is
        // whether Docker was started while no daemon ran.
        guard ended > 0 else {
            return docker.activeEnterTimestampMonotonic >= daemon?.activeExitTimestampMonotonic ?? .max
        }
        return began >= ended && began - ended < longestGap
    }
}
