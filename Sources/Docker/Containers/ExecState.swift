/// What the engine says of a command inside a container, in answer to `GET /exec/ID/json`.
package struct ExecState: Sendable, Equatable {
    /// False before it starts, and once it has ended.
    package var isRunning: Bool

    /// What it ended with; nil before that.
    package var exitCode: Int?

    /// The number of its process in the process namespace of the engine, which is the host's; nil before it starts.
    ///
    /// It stays once the process has ended.
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
