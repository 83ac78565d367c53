import Logging
import ServiceModel

/// How units end.
///
/// systemd restarts a process that exits by itself, if the unit says Restart=. So a revision's unit is stopped by a job
/// instead, after which systemd doesn't restart it: `launch` is asked to stop, reports that, and gets the exit code, which
/// becomes the unit's.
extension SystemdUnits {
    /// How long `launch` may take to report that it was asked to stop.
    private static let longestStop = Duration.seconds(10)

    /// Ends a unit.
    ///
    /// A manager exits by itself: its start, which may be under way, must fail or succeed, and a stop would cancel it.
    func end(_ id: Int, _ unit: UnitName, _ code: Int) {
        if unit.instance == .manager || memory.stopRequested.contains(unit) {
            dismiss(id, code)
        } else {
            beginStop(id, unit, code)
        }
        memory.stopRequested.remove(unit)
        if code != 0, unit.instance != .manager { recordFailure(unit) }
    }

    /// Stops a unit, which ends with an exit code.
    func beginStop(_ id: Int, _ unit: UnitName, _ code: Int) {
        connections[id]?.isEnding = true
        connections[id]?.farewell = code
        stopLater(unit, id)
    }

    /// Makes systemd stop the unit.
    ///
    /// If that isn't possible, for example for a `launch` that no unit runs, `launch` is told to exit.
    func carryOutStop(of unit: UnitName, _ id: Int) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await self.clock.sleep(for: Self.longestStop) }
            tasks.addTask {
                do {
                    try await self.control.stop("\(unit)")
                } catch {
                    guard !Task.isCancelled else { return }
                    self.logger.warning(
                        "systemd can't be asked to stop \(unit): \(error); its launch is told to exit",
                        [.service: "\(unit.service)"]
                    )
                }
            }
            await tasks.next()
            tasks.cancelAll()
        }
        guard !Task.isCancelled else { return }
        sayFarewell(id)
    }

    /// Tells the `launch` to exit, once.
    func sayFarewell(_ id: Int) {
        guard let code = connections[id]?.farewell else { return }
        dismiss(id, code)
    }
}
