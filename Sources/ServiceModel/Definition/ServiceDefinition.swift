package import Addresses

/// What a service is: the decoded, validated document.
package struct ServiceDefinition: Hashable, Sendable {
    /// A Docker image reference.
    package var image: String
    /// Where the container listens.
    package var port: Port
    /// Where clients reach the service; empty when the unit names it.
    package var addresses: [ServiceAddress]
    /// How to find out whether an instance can serve, as the document says; ``effectiveHealthCheck`` is what is used.
    package var healthCheck = HealthCheck.implied

    /// The container's environment, in the document's order; no name twice.
    package var environment: [EnvironmentVariable] = []
    /// What is mounted; no target twice.
    package var volumes: [Volume] = []
    /// Replaces the image's command; nil keeps it.
    package var command: [String]?
    /// Replaces the image's entry point; nil keeps it.
    package var entrypoint: [String]?
    /// A user with or without a group; nil for the image's.
    package var user: String?
    /// A Docker network's name; nil for `bridge`.
    package var network: String?
    /// Further labels of the container; none of ours.
    package var labels: [String: String] = [:]
    /// The container's host name; nil for Docker's choice.
    package var hostname: String?
    /// Bytes, at least 6 MiB; nil for no limit.
    package var memory: Int?
    /// Cores, 0.01…1024; nil for no limit.
    package var cpus: Double?
    /// Processes and threads, 1…4,194,304; nil for no limit.
    package var pids: Int?
    /// Resource limits; no name twice.
    package var ulimits: [Ulimit] = []

    /// Such as `SIGQUIT` or `3`; nil for the image's, or SIGTERM.
    package var stopSignal: String?
    /// From the stop signal to the kill: 0…24 h.
    package var stopTimeout = Duration.seconds(30)
    /// How long connections may take to end before the stop signal: 0…24 h.
    package var drainTimeout = Duration.seconds(30)
    /// How long an instance must serve before it counts as stable: 0…24 h.
    package var minHealthy = Duration.seconds(10)
    /// How long an image may take: 1 s…24 h.
    package var pullDeadline = Duration.seconds(600)
    /// How long an image may make no progress: 1 s…24 h.
    package var pullProgressDeadline = Duration.seconds(120)
    /// How long a container may take to start: 1 s…24 h.
    package var startDeadline = Duration.seconds(60)
    /// From a container's start to its being healthy: 1 s…24 h.
    package var healthyDeadline = Duration.seconds(600)
    /// How long a rollout may take from its image's arrival on: 1 s…7 days.
    package var progressDeadline = Duration.seconds(900)

    /// Which comes first when a revision replaces another.
    package var order = RolloutOrder.startFirst
    /// How many instances of a new revision come up at a time: 1…128.
    package var parallelism = 1
    /// How many instances a revision has: 1…128.
    package var replicas = 1
    /// The share of the traffic that a new revision gets first; nil when it gets its full weight at once.
    package var canary: Canary?

    /// The IPVS scheduler's name, one of ``schedulers``.
    package var scheduler = "wlc"
    /// Options of the scheduler; only `sh` and `mh` have any.
    package var schedulerFlags: Set<SchedulerFlag> = []
    /// IPVS persistence in whole seconds, 1 s…31 days; nil for none.
    package var persistence: Duration?
    /// The weight of each destination: 1…65535.
    package var weight = 1

    /// When the image is pulled.
    package var pull = PullPolicy.missing
    /// What makes a new document roll.
    package var roll = RollTrigger.revision
    /// Units that the generated units want, with their suffix.
    package var wants: [String] = []
    /// Units that the generated units are ordered after, with their suffix.
    package var after: [String] = []
    /// Names and patterns of the hosts it runs on; nil for all.
    package var hosts: [String]?
    /// Whether the service runs at all.
    package var enabled = true

    /// The schedulers that the kernel has (`net/netfilter/ipvs/Kconfig`).
    package static let schedulers = [
        "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
    ]

    /// Makes a definition with the defaults.
    ///
    /// - Parameters:
    ///   - image: A Docker image reference.
    ///   - port: Where the container listens.
    ///   - addresses: Where clients reach the service.
    ///   - adjust: Sets what differs from the defaults.
    package init(
        image: String,
        port: Port,
        addresses: [ServiceAddress] = [],
        adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) {
        self.image = image
        self.port = port
        self.addresses = addresses
        adjust(&self)
    }
}
