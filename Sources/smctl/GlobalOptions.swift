import ArgumentParser
import ControlAPI

/// What every verb that talks to the daemon takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The socket of service-managerd.", valueName: "path"))
    var socket = ControlRoutes.socket
}
