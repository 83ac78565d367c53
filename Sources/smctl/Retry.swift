import ArgumentParser
import ControlAPI

/// Has a failed revision tried again.
struct Retry: Verb {
    static let configuration = CommandConfiguration(abstract: "Try a revision that failed again.")

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            try await client.retry(service)
            output.line(
                "\(service): its newest revision is tried again; smctl status \(service) --watch shows how it goes"
            )
            return .ok
        }
    }
}
