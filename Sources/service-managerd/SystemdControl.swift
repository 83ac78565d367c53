import ServiceManager
import Systemd

/// The host's service manager, over its bus.
struct SystemdControl: UnitControl {
    /// The drop-in that the generator writes for each template that runs `launch`.
    private static let dropIn = "/50-service-manager.conf"

    let bus: SystemBus

    func start(_ unit: String) async throws -> Bool {
        // After five failed starts in 10 s, systemd refuses further ones until they are reset.
        try? await bus.resetFailedUnit(unit)
        return try await bus.startUnit(unit) == .done
    }

    func stop(_ unit: String) async throws {
        _ = try await bus.stopUnit(unit)
    }

    func reload() async throws {
        try await bus.reload()
    }

    func start(of unit: String) async -> UnitStart {
        (try? await bus.unitState(unit)).map { UnitStart($0) } ?? .complete
    }

    func template(of unit: String) async -> UnitTemplate {
        (try? await bus.unitState(unit)).map { UnitTemplate($0) } ?? .unknown
    }

    func stopReason(of unit: String) async throws -> UnitStopReason {
        // A unit that doesn't exist has a state, too.
        UnitStopReason(
            unit: try await bus.unitState(unit),
            docker: try await bus.unitState(DockerUnit.name),
            shutdown: try await bus.unitState("shutdown.target")
        )
    }

    func ending(of unit: String) async -> UnitEnding {
        do {
            return UnitEnding(
                try await bus.unitState(unit),
                docker: try await bus.unitState(DockerUnit.name),
                daemon: try await bus.unitState("service-managerd.service")
            )
        } catch {
            return .failed
        }
    }

    func isOrdered(_ unit: String) async -> Bool {
        guard let state = try? await bus.unitState(unit) else { return true }
        return state.dropInPaths.contains { $0.hasSuffix(Self.dropIn) }
    }

    func hasUnit(_ unit: String) async -> Bool {
        guard let state = try? await bus.unitState(unit) else { return true }
        return state.loadState != "not-found"
    }

    func forgetFailures(of service: String, sparing unit: String?) async {
        let manager = "\(service)@manager.service"
        for found in (try? await bus.units(patterns: ["\(service)@*.service"])) ?? []
        where found.activeState == "failed" && found.name != unit && found.name != manager {
            try? await bus.resetFailedUnit(found.name)
        }
    }
}
