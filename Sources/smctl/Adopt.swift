import ArgumentParser
import ControlAPI

/// Has what somebody else made taken over as it is.
struct Adopt: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Take over a running container and its virtual service, without touching either.",
        discussion: """
            The service needs a definition, and nothing of its own may run. The container has to run the definition's \
            image, and to be the only destination of the virtual service at the service's address. From then on it is \
            supervised, and replaced by the next revision, like a container of the service's own.
            """
    )

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The container's name, its id, or the beginning of it.")
    var container: String

    @Option(help: "Where it serves, when neither the document nor the unit says so.")
    var address: String?

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        let request = OperatorRequest(container: container, address: address)
        return try await Asking.ask(.adopt, service, request, nil, options, output)
    }
}
