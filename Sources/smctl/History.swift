import ArgumentParser
import ControlAPI
import ServiceModel

/// Shows what became of a service's revisions.
struct History: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show what became of a service's revisions, the newest first.",
        discussion: "As JSON it is smctl.history/1; as names it is the revisions."
    )

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            let document = try await client.history(of: service)
            try output.write(document, as: format.format, names: document.entries.map(\.revision)) {
                HistoryTable(style: output.style, now: output.now(), width: output.width()).lines(document)
            }
            return .ok
        }
    }
}
