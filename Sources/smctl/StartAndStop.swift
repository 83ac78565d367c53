import ArgumentParser
import ControlAPI

/// Starts a service that is stopped.
struct Start: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Start a service that is stopped, as systemctl start NAME@manager does."
    )

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.start, service, OperatorRequest(), waiting, options, output)
    }
}

/// Stops all of a service.
struct Stop: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Drain, stop and remove all containers of a service, as systemctl stop NAME@manager does.",
        discussion: "A start of Docker starts it again. To keep it stopped, set \"enabled\" to false in its definition."
    )

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.stop, service, OperatorRequest(), waiting, options, output)
    }
}
