import ArgumentParser
import ControlAPI
import ServiceModel

/// Shows how services are.
struct Status: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show service status.",
        discussion: """
            Exit status 3 when a shown service needs attention. As JSON it is smctl.status/1; with --watch a line per change.
            """
    )

    @Argument(help: "Only this service.")
    var service: String?

    @Flag(help: "A line per backend, as wide as the terminal is.")
    var wide = false

    @Flag(help: "Cut nothing: revisions and containers in full, and lines as long as they are.")
    var noTrunc = false

    @Flag(help: "Show it again whenever something changed.")
    var watch = false

    @Flag(help: "The services of all hosts that write into the status database (as JSON smctl.hosts/1).")
    var allHosts = false

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if allHosts, wide || watch { throw ValidationError("--all-hosts goes with neither --wide nor --watch") }
    }

    func run(_ output: Output) async throws -> ExitStatus {
        try await ControlClient.with(socket: options.socket) { client in
            if allHosts { return try show(try await client.hosts(), output) }
            guard watch else { return try show(try await client.status(), output) }
            var status = ExitStatus.ok
            var updates = try await client.statusUpdates().makeAsyncIterator()
            while let document = try await updates.next() {
                if output.style == .terminal, format.format == .table { output.line("\u{1B}[H\u{1B}[2J") }
                status = try show(document, output)
            }
            return status
        }
    }

    private func show(_ document: HostsDocument, _ output: Output) throws -> ExitStatus {
        var document = document
        if let service {
            let known = Set(document.hosts.flatMap(\.services).map(\.status.name)).sorted()
            for index in document.hosts.indices {
                document.hosts[index].services.removeAll { $0.status.name != service }
            }
            document.hosts.removeAll(where: \.services.isEmpty)
            if document.hosts.isEmpty { throw Complaint.unknown(service, known: known) }
        }
        try output.write(
            document,
            as: format.format,
            names: document.hosts.flatMap { host in host.services.map { "\(host.host):\($0.status.name)" } }
        ) {
            HostsTable(style: output.style, now: output.now(), width: output.width()).lines(document)
        }
        let isWell = document.hosts.allSatisfy { host in
            !host.isStale && !host.services.contains(where: \.status.state.needsAttention)
        }
        return isWell ? .ok : .needsAttention
    }

    private func show(_ document: StatusDocument, _ output: Output) throws -> ExitStatus {
        var document = document
        if let service {
            let known = document.services.map(\.name)
            document.services.removeAll { $0.name != service }
            if document.services.isEmpty { throw Complaint.unknown(service, known: known) }
        }
        try output.write(
            document,
            as: format.format,
            isPretty: !watch,
            names: document.services.map(\.name)
        ) {
            StatusTable(style: output.style, now: output.now(), width: output.width())
                .lines(document, isWide: wide, isWhole: noTrunc)
        }
        return document.services.contains(where: \.state.needsAttention) ? .needsAttention : .ok
    }
}
