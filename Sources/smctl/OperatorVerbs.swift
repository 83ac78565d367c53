import ArgumentParser
import ControlAPI
import FoundationEssentials
import ServiceModel

/// Asks something of a service, and waits for what follows where that is wanted.
enum Asking {
    static func ask(
        _ verb: OperatorVerb,
        _ service: String,
        _ request: OperatorRequest,
        _ waiting: WaitOptions?,
        _ options: GlobalOptions,
        _ output: Output
    ) async throws -> ExitStatus {
        var request = request
        if let user = ProcessInfo.processInfo.environment["SUDO_USER"], !user.isEmpty { request.by = user }
        let particulars = request
        return try await ControlClient.with(socket: options.socket) { client in
            let answer = try await client.ask(verb, of: service, particulars)
            output.prose("\(service): \(answer.message)")
            guard let waiting, waiting.wait else { return .ok }
            return try await settle(service, client, .seconds(waiting.timeout), output, until: verb)
        }
    }

    /// Whether a service has settled in a state, after it was asked for something.
    static func isSettled(_ status: ServiceStatus, after verb: OperatorVerb?) -> Bool {
        switch status.state {
        case .rolling, .stopping: false
        // systemd has to start and stop units first.
        case .stopped: verb != .start
        // A replica may still be starting, which ends by itself: with its deadline, if not sooner.
        case .degraded: verb != .stop && !status.backends.contains { Self.arrivingPhases.contains($0.phase) }
        case .running, .paused, .failed, .waiting: verb != .stop
        }
    }

    /// The phases of an instance before it serves.
    private static let arrivingPhases = Set(
        [Instance.Phase.queued, .creating, .starting, .probing, .attaching].map(\.rawValue)
    )

    /// Waits until nothing moves any more.
    static func settle(
        _ service: String,
        _ client: ControlClient,
        _ limit: Duration,
        _ output: Output,
        until verb: OperatorVerb? = nil
    ) async throws -> ExitStatus {
        try await withThrowingTaskGroup(of: ExitStatus.self) { group in
            group.addTask {
                var updates = try await client.statusUpdates().makeAsyncIterator()
                while let document = try await updates.next() {
                    guard let status = document.services.first(where: { $0.name == service }) else {
                        return .needsAttention
                    }
                    guard isSettled(status, after: verb) else { continue }
                    output.prose("\(service): \(status.state.rawValue)\(status.detail.map { ": \($0)" } ?? "")")
                    return status.state.needsAttention ? .needsAttention : .ok
                }
                return .unreachable
            }
            group.addTask {
                try await Task.sleep(for: limit)
                output.note(
                    "smctl: \(service) hasn't settled after \(limit.shortText): smctl status \(service) --watch"
                )
                return .timedOut
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .internalError
        }
    }
}

/// Whether to wait for what follows.
struct WaitOptions: ParsableArguments {
    @Flag(
        help: "Wait until the service has settled: exit status 0, 3 when it needs attention, 5 when it takes too long."
    )
    var wait = false

    @Option(help: "How many seconds to wait.")
    var timeout = 600
}

/// Has a failed revision tried again.
struct Retry: Verb {
    static let configuration = CommandConfiguration(abstract: "Try a revision that failed again.")

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.retry, service, OperatorRequest(), waiting, options, output)
    }
}

/// Holds a service as it is.
struct Pause: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Hold a service as it is: no rollout begins or continues."
    )

    @Argument(help: "The service.")
    var service: String

    @Option(name: [.customShort("m"), .customLong("message")], help: "Why, for others to read.")
    var reason: String?

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.pause, service, OperatorRequest(reason: reason), nil, options, output)
    }
}

/// Ends a pause or a rollback.
struct Resume: Verb {
    static let configuration = CommandConfiguration(
        abstract: "End a pause; where there is none, want the newest revision again after a rollback."
    )

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.resume, service, OperatorRequest(), waiting, options, output)
    }
}

/// Goes back to a kept revision.
struct Rollback: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Go back to a kept revision, without its source and without a registry."
    )

    @Argument(help: "The service.")
    var service: String

    @Argument(help: "The revision, or the beginning of it; otherwise the one before the current.")
    var revision: String?

    @Option(name: [.customShort("m"), .customLong("message")], help: "Why, for others to read.")
    var reason: String?

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        let request = OperatorRequest(reason: reason, revision: revision)
        return try await Asking.ask(.rollback, service, request, waiting, options, output)
    }
}

/// Lets a canary take over.
struct Promote: Verb {
    static let configuration = CommandConfiguration(abstract: "Let the canary of a service take over.")

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.promote, service, OperatorRequest(), waiting, options, output)
    }
}

/// Gives up a rollout, or a canary.
struct Abort: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Give up the rollout or the canary that is in progress: what ran before it stays."
    )

    @Argument(help: "The service.")
    var service: String

    @Option(name: [.customShort("m"), .customLong("message")], help: "Why, for others to read.")
    var reason: String?

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.abort, service, OperatorRequest(reason: reason), waiting, options, output)
    }
}

/// Takes a backend out of service.
struct Drain: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Give a backend no new connections; it keeps running, also over a restart of the daemon."
    )

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The backend's slot, or the beginning of its container's id.")
    var backend: String

    @Flag(help: "Also when no other backend serves.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.drain, service, OperatorRequest(backend: backend, force: force), nil, options, output)
    }
}

/// Puts drained backends back.
struct Undrain: Verb {
    static let configuration = CommandConfiguration(abstract: "Put drained backends back into service.")

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The backend's slot, or the beginning of its container's id; otherwise all.")
    var backend: String?

    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.undrain, service, OperatorRequest(backend: backend), nil, options, output)
    }
}

/// Replaces the containers of the current revision.
struct Restart: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Replace the containers of the current revision by new ones, without a failed request."
    )

    @Argument(help: "The service.")
    var service: String

    @Option(name: [.customShort("m"), .customLong("message")], help: "Why, for others to read.")
    var reason: String?

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var options: GlobalOptions

    func run(_ output: Output) async throws -> ExitStatus {
        try await Asking.ask(.restart, service, OperatorRequest(reason: reason), waiting, options, output)
    }
}
