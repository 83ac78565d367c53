import ArgumentParser
import ControlAPI
import NIOCore

/// Shows what a service's containers wrote.
struct Logs: Verb {
    static let configuration = CommandConfiguration(abstract: "Show what a service's containers wrote.")

    @Argument(help: "The service.")
    var service: String

    @Flag(name: .shortAndLong, help: "Wait for more.")
    var follow = false

    @Option(help: "How many lines of the past.")
    var tail = 100

    @Option(help: "Only this revision, or the beginning of it; one that is gone is read in the journal.")
    var revision: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard (0...1_000_000).contains(tail) else {
            throw ValidationError("--tail: expected a number from 0 to 1000000, found \(tail)")
        }
    }

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            var lines = try await client.logs(of: service, revision: revision, tail: tail, follow: follow)
                .makeAsyncIterator()
            while let line = try await lines.next() { output.line(String(buffer: line)) }
            return .ok
        }
    }
}
