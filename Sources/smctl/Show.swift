import ArgumentParser
import ControlAPI
import ServiceModel

/// Shows all of one service.
struct Show: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show one service on one screen: revision, image, addresses, backends, and what may be done with it.",
        discussion: "As JSON it is a service of smctl.status/1. Exit status 3 when it needs attention."
    )

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            let status = try await client.service(service)
            let history = try await client.history(of: service)
            try output.write(status, as: format.format, names: [status.name]) {
                ServiceScreen(style: output.style, now: output.now(), width: output.width()).lines(status, history)
            }
            return status.state.needsAttention ? .needsAttention : .ok
        }
    }
}
