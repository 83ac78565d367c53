import ServiceManager
import Systemd

/// The host's service manager, over its bus.
struct SystemdControl: UnitControl {
    let bus: SystemBus

    func start(_ unit: String) async throws -> Bool {
        // After five failed starts in ten seconds systemd refuses more until it is told to forget them.
        try? await bus.resetFailedUnit(unit)
        return try await bus.startUnit(unit) == .done
    }

    func stop(_ unit: String) async throws {
        _ = try await bus.stopUnit(unit)
    }

    func reload() async throws {
        try await bus.reload()
    }

    func isRestarting(_ unit: String) async -> Bool {
        (try? await bus.unitState(unit))?.job == .restart
    }
}
