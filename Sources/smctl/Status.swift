import ArgumentParser
import ControlAPI
import FoundationEssentials
import ServiceModel

/// Shows how services are.
struct Status: Verb {
    static let configuration = CommandConfiguration(abstract: "Show how the services are.")

    @Argument(help: "Only this service.")
    var service: String?

    @Flag(help: "A line per backend, with everything in full.")
    var wide = false

    @Flag(help: "The status as JSON (smctl.status/1); with --watch a line per change.")
    var json = false

    @Flag(help: "Show it again whenever something changed.")
    var watch = false

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            guard watch else { return try show(try await client.status(), output) }
            var status = ExitStatus.ok
            var updates = try await client.statusUpdates().makeAsyncIterator()
            while let document = try await updates.next() {
                if output.style == .terminal && !json { output.line("\u{1B}[H\u{1B}[2J") }
                status = try show(document, output)
            }
            return status
        }
    }

    private func show(_ document: StatusDocument, _ output: Output) throws -> ExitStatus {
        var document = document
        if let service {
            let known = document.services.map(\.name).joined(separator: ", ")
            document.services.removeAll { $0.name != service }
            if document.services.isEmpty {
                throw Complaint("no service is called \(service)" + (known.isEmpty ? "" : "; there are: \(known)"))
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            if !watch { encoder.outputFormatting.insert(.prettyPrinted) }
            output.line(String(decoding: try encoder.encode(document), as: UTF8.self))
        } else {
            let table = StatusTable(style: output.style, now: output.now())
            for line in table.lines(document, isWide: wide) { output.line(line) }
        }
        return document.services.contains(where: \.state.needsAttention) ? .needsAttention : .ok
    }
}
