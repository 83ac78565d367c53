import ArgumentParser
import ControlAPI
import ServiceModel

/// Prints a definition.
struct Get: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Print the definition that a service runs with, as it was accepted.",
        discussion: "Only root may: a definition may hold secrets."
    )

    @Argument(help: "The service.")
    var service: String

    @Argument(help: "The revision, or the beginning of it; otherwise the one that runs.")
    var revision: String?

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            let answer = try await client.definition(of: service, revision: revision)
            // What reads it as a file is told nothing but the definition.
            if output.width() != nil { output.note("\(answer.service) \(answer.revision)") }
            output.line(DocumentText.pretty(answer.document.utf8) ?? answer.document)
            return .ok
        }
    }
}
