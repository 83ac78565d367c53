/// The state of a command inside a container, from the answer to `GET /exec/ID/json`.
package struct ExecState: Sendable, Equatable {
    /// False before it starts, and once it has ended.
    package var isRunning: Bool

    /// The exit code; nil before the end.
    package var exitCode: Int?

    /// Its process id in the engine's process namespace, which is the host's; nil before it starts.
    ///
    /// The id is kept after the process has ended.
    package var processID: Int32?

    /// Whether the engine has begun to start it.
    package var hasStarted: Bool { isRunning || exitCode != nil || processID != nil }
}

extension ExecState: Decodable {
    private enum CodingKeys: String, CodingKey {
        case running = "Running"
        case exitCode = "ExitCode"
        case processID = "Pid"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isRunning = try container.decodeIfPresent(Bool.self, forKey: .running) ?? false
        exitCode = try container.decodeIfPresent(Int.self, forKey: .exitCode)
        let number = try container.decodeIfPresent(Int32.self, forKey: .processID) ?? 0
        processID = number > 0 ? number : nil
    }
}
