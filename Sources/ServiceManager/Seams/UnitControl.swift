package import Systemd

/// What is asked of the service manager of the host (systemd).
package protocol UnitControl: Sendable {
    /// Starts a unit, after forgetting that it failed, and awaits the job. False: it didn't become active.
    func start(_ unit: String) async throws -> Bool

    /// Stops a unit and awaits the job. systemd doesn't start it again then, whatever its Restart= says.
    ///
    /// Its main process is sent SIGTERM, and its exit status is the unit's.
    func stop(_ unit: String) async throws

    /// Reads all unit files again. Blocks PID 1 for seconds, so only when one has changed.
    func reload() async throws

    /// Whether a unit's start is under way, and whose it is.
    func start(of unit: String) async -> UnitStart

    /// What the unit's file runs.
    func template(of unit: String) async -> UnitTemplate

    /// Why a unit that is asked to stop is asked to.
    ///
    /// - Throws: When it can't be found out, as while the bus restarts: that is never a person's wish.
    func stopReason(of unit: String) async throws -> UnitStopReason

    /// How a unit came to be as it is now; `failed` when that can't be found out.
    func ending(of unit: String) async -> UnitEnding

    /// Whether the generator has ordered the unit after the daemon; false for one that was made without a daemon-reload.
    func isOrdered(_ unit: String) async -> Bool

    /// Whether there is a unit file for it; true while that can't be told.
    func hasUnit(_ unit: String) async -> Bool

    /// Forgets that units of a service failed, except for one.
    func forgetFailures(of service: String, sparing unit: String?) async
}

/// Whose the file of a service's unit is.
///
/// The name alone decides (systemd.unit(5)), and packages have templates, too: postgresql@.service, redis-server@.service.
package enum UnitTemplate: Equatable, Sendable {
    /// It runs `launch`.
    case ours
    /// It runs something else; the path of its file.
    case foreign(String)
    /// There is none.
    case absent
    /// Nothing is known of it, or it is masked.
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
    /// It isn't under way.
    case complete
    /// Somebody asked for it.
    case requested
    /// systemd has started the unit again by itself, as its Restart= says.
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
    /// It is started again right after.
    case restart
    /// Docker is being stopped, and the unit requires it.
    case docker
    /// The host goes down.
    case shutdown
    /// A person wants it.
    case person

    /// - Parameters:
    ///   - unit: The unit that is asked to stop.
    ///   - docker: docker.service.
    ///   - shutdown: shutdown.target: at a shutdown everything stops, Docker too, and services end in good order.
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

/// How a unit came to be as it is, when no one watched.
package enum UnitEnding: Equatable, Sendable {
    /// It hasn't ended.
    case running
    /// It was stopped in an orderly way, and not because of Docker.
    case stopped
    /// It was stopped together with Docker.
    case docker
    /// It failed, or nothing is known of it.
    case failed

    /// Docker's stop begins right after that of the last unit that requires it, in microseconds.
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
        // systemd forgets the times of a unit that nothing refers to, such as one that isn't enabled. Then it tells that Docker was
        // started while no daemon ran.
        guard ended > 0 else {
            return docker.activeEnterTimestampMonotonic >= daemon?.activeExitTimestampMonotonic ?? .max
        }
        return began >= ended && began - ended < longestGap
    }
}
