extension SystemBus {
    /// Starts a unit and awaits the job.
    ///
    /// Starting an active unit succeeds at once. Cancelling the task doesn't cancel the job.
    ///
    /// - Parameters:
    ///   - name: The unit's name with its suffix.
    ///   - mode: What happens to conflicting jobs.
    /// - Returns: How the job ended; a unit of `Type=notify` is ready then if it is `done`.
    /// - Throws: `SystemdError`: a transient one when the bus or systemd restarted, `cancelled` with the task.
    package func startUnit(_ name: String, mode: JobMode = .replace) async throws(SystemdError) -> JobResult {
        try await runJob("StartUnit", name, mode)
    }

    /// Stops a unit and awaits the job; `done` at once if the unit is inactive.
    package func stopUnit(_ name: String, mode: JobMode = .replace) async throws(SystemdError) -> JobResult {
        try await runJob("StopUnit", name, mode)
    }

    /// Restarts a unit, or starts it if it is inactive, and awaits the job.
    package func restartUnit(_ name: String, mode: JobMode = .replace) async throws(SystemdError) -> JobResult {
        try await runJob("RestartUnit", name, mode)
    }

    /// Resets a unit's failure, and the count of its starts: after five failures in 10 s systemd doesn't start it any more.
    ///
    /// A unit that isn't loaded is ignored.
    package func resetFailedUnit(_ name: String) async throws(SystemdError) {
        do {
            _ = try call(Self.manager, "ResetFailedUnit", operation: "ResetFailedUnit \(name)") {
                message throws(BusFormatError) in try message.append(name)
            }
        } catch {
            if !error.isNoSuchUnit { throw error }
        }
        processLater()
    }

    /// Makes systemd reload all unit files and run its generators.
    ///
    /// Jobs and their signals survive. It blocks PID 1, and this client, for 2 s on a small host and 5 s with 200 services.
    package func reload() async throws(SystemdError) {
        _ = try call(Self.manager, "Reload", operation: "Reload")
        processLater()
    }

    private func runJob(_ member: String, _ name: String, _ mode: JobMode) async throws(SystemdError) -> JobResult {
        let operation = "\(member) \(name)"
        let reply = try call(Self.manager, member, operation: operation) { message throws(BusFormatError) in
            try message.append(name)
            try message.append(mode.rawValue)
        }
        guard let path = try? reply.string("o") else { throw .malformed(operation: operation) }
        let (outcomes, outcome) = AsyncStream.makeStream(of: JobResult.self)
        let id = nextID
        nextID += 1
        jobs[path, default: []].append(JobWaiter(id: id, outcome: outcome))
        // The signal may have come with the reply.
        processLater()
        for await result in outcomes { return result }
        if Task.isCancelled {
            jobs[path]?.removeAll { $0.id == id }
            if jobs[path]?.isEmpty == true { jobs[path] = nil }
            throw .cancelled(operation: operation)
        }
        throw .jobLost(operation: operation)
    }
}
