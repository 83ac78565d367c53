/// What is asked of the service manager of the host (systemd).
package protocol UnitControl: Sendable {
    /// Starts a unit, after forgetting that it failed, and awaits the job. False: it didn't become active.
    func start(_ unit: String) async throws -> Bool

    /// Stops a unit and awaits the job.
    func stop(_ unit: String) async throws

    /// Reads all unit files anew. Blocks PID 1 for seconds, so only when one has changed.
    func reload() async throws

    /// True while a restart of the unit is what asked it to stop.
    func isRestarting(_ unit: String) async -> Bool
}
