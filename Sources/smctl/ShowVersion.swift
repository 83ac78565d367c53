import ArgumentParser
import ControlAPI

/// Says which versions there are of everything.
struct ShowVersion: Verb {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Show the versions of smctl, of the daemon, and of what it depends on."
    )

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        output.line("smctl             \(Version.current)")
        return try await ControlClient.with(socket: options.socket) { client in
            let daemon = try await client.status().daemon
            output.line(output.style.text("service-managerd  \(daemon.version)"))
            if let api = daemon.docker.api { output.line(output.style.text("Docker API        \(api)")) }
            if let version = daemon.ipvs.version { output.line(output.style.text("IPVS              \(version)")) }
            if daemon.version != Version.current {
                output.note("smctl and service-managerd differ: systemctl restart service-managerd, if it was upgraded")
            }
            return .ok
        }
    }
}
