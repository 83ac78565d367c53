import ArgumentParser
import ControlAPI
import HostNetwork
import Logging
import ServiceManager
import Systemd

/// `service-managerd`: runs Docker containers behind kernel IPVS virtual services.
@main
struct ServiceManagerDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service-managerd",
        abstract:
            "Runs Docker containers behind kernel IPVS virtual services, and replaces them without a failed request.",
        version: Version.current,
        subcommands: [Run.self, PrepareHost.self],
        defaultSubcommand: Run.self
    )
}

/// Supervises until SIGTERM or SIGINT.
///
/// Containers and virtual services aren't changed when it ends.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Supervise the services of this host.")

    @Option(help: "The configuration file.")
    var config = "/etc/service-managerd/config.json"

    @Option(help: "systemd: each service is a unit. none: services run without units.")
    var units: String?

    @Option(help: "The directory of service definitions.")
    var services: String?

    @Option(help: "The CouchDB database that the status of the services is written to; without a password.")
    var statusDatabaseURL: String?

    @Option(help: "How many containers are started, and how many images are pulled, at a time.")
    var concurrentStarts: Int?

    @Option(help: "The lowest level to log: debug, info, notice, warning or error. SIGUSR1 switches to debug and back.")
    var logLevel: String?

    func run() async throws {
        var configuration = try Configuration(file: config, environment: Environment.all)
        if let units {
            guard let known = Configuration.Units(rawValue: units) else {
                throw ValidationError("--units: expected systemd or none, found \(units)")
            }
            configuration.units = known
        }
        if let services { configuration.servicesDirectory = services }
        if let statusDatabaseURL { configuration.statusDatabaseURL = statusDatabaseURL }
        if let concurrentStarts {
            configuration.concurrentStarts = try Configuration.concurrentStarts(
                concurrentStarts,
                found: "\(concurrentStarts)",
                "--concurrent-starts"
            )
        }
        if let logLevel { configuration.logLevel = try Configuration.logLevel(logLevel, "--log-level") }
        let threshold = LogThreshold(configuration.logLevel)
        let logger = Logger(label: "service-managerd") { JournalLogHandler(label: $0, threshold: threshold) }
        for key in configuration.unknownKeys {
            logger.warning("\(config): \"\(key)\" is no setting, and is ignored; Docs/Operations.md lists them")
        }
        LogLevelSignal.take()
        let daemon = Daemon(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await daemon.run() }
            group.addTask { await TerminationSignals.wait() }
            group.addTask { await LogLevelSignal.follow(threshold, logger) }
            try await group.next()
            group.cancelAll()
        }
    }
}

/// Does what needs more privileges than the sandboxed daemon has: kernel modules and sysctls.
struct PrepareHost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare-host",
        abstract: "Load the kernel modules and set the sysctls that the services need."
    )

    func run() async throws {
        let (changes, findings) = await HostNetwork().prepareHost()
        for change in changes { print(change) }
        for finding in findings { print("warning: \(finding)") }
    }
}
