import ArgumentParser
import ControlAPI

/// Waits until nothing of a service moves any more.
struct Wait: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Wait until a service has settled.",
        discussion: "Exit status 0 when all is well then, 3 when it needs attention, 5 when it takes too long."
    )

    @Argument(help: "The service.")
    var service: String

    @Option(help: "How many seconds to wait.")
    var timeout = 600

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            // One that isn't there has nothing to wait for.
            _ = try await client.service(service)
            return try await Asking.settle(service, client, .seconds(timeout), output)
        }
    }
}
