import ArgumentParser
import ControlAPI

#if canImport(Glibc)
import Glibc
#endif

/// `smctl`: shows what `service-managerd` does, and asks things of it.
@main
struct Smctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smctl",
        abstract: "Show and control the services of this host.",
        discussion: """
            Exit status: 0 ok, 1 internal error, 2 wrong usage, 3 a shown service is degraded or failed, or the host not as it has to be, \
            4 service-managerd can't be reached, 5 timed out, 6 invalid definition.
            """,
        version: Version.current,
        subcommands: [
            Status.self, Show.self, History.self, Logs.self, Get.self, Doctor.self, Validate.self, Schema.self,
            Wait.self, Rollback.self, Restart.self, Retry.self, Pause.self, Resume.self, Promote.self, Abort.self,
            Drain.self, Undrain.self, Start.self, Stop.self, Adopt.self, ShowVersion.self,
        ]
    )

    // Taken here as well, so that it may stand before the verb.
    @OptionGroup var options: GlobalOptions

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        Glibc.exit(await Invocation.run(arguments, output: .standard).rawValue)
    }
}
