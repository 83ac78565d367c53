import ArgumentParser
import ControlAPI
import ServiceModel

/// Looks at everything that services depend on.
struct Doctor: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything that services depend on: Docker, IPVS, the kernel's settings, firewall rules.",
        discussion: """
            Nothing is changed. Exit status 3 when something isn't as it has to be. As JSON it is smctl.doctor/1; as names it \
            is what isn't well.
            """
    )

    @Flag(help: "Before there is any service: what this host lacks, or has that gets in the way.")
    var preflight = false

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        // Programs are run for it, and an engine that hangs is waited for.
        try await ControlClient.with(socket: options.socket, timeout: .seconds(30)) { client in
            let document = try await client.doctor(isPreflight: preflight)
            let subjects = document.checks.filter { $0.state != .ok }.map(\.subject)
            try output.write(document, as: format.format, names: subjects) {
                DoctorReport(style: output.style, width: output.width()).lines(document)
            }
            return document.checks.allSatisfy { $0.state == .ok } ? .ok : .needsAttention
        }
    }
}
