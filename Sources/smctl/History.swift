import ArgumentParser
import ControlAPI

/// Shows what became of a service's revisions.
struct History: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show what became of a service's revisions, the newest first."
    )

    @Argument(help: "The service.")
    var service: String

    @Flag(help: "The history as JSON (smctl.history/1).")
    var json = false

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            let document = try await client.history(of: service)
            if json {
                try output.json(document)
            } else {
                let table = HistoryTable(style: output.style, now: output.now(), width: output.width())
                for line in table.lines(document) { output.line(line) }
            }
            return .ok
        }
    }
}
