package import Addresses

/// What a service is: the decoded, validated document.
///
/// All durations are positive.
package struct ServiceDefinition: Hashable, Sendable {
    package var image: String
    /// Where the container listens.
    package var port: Port
    /// Where clients reach the service; empty when the unit names it.
    package var addresses: [ServiceAddress] = []
    package var healthCheck = HealthCheck()
    package var environment: [EnvironmentVariable] = []
    package var volumes: [Volume] = []
    /// Replaces the image's command; nil: the image's.
    package var command: [String]?
    package var entrypoint: [String]?
    package var user: String?
    /// A Docker network's name; nil: `bridge`.
    package var network: String?
    package var labels: [String: String] = [:]
    package var hostname: String?
    /// Bytes; nil: no limit.
    package var memory: Int?
    /// Cores; nil: no limit.
    package var cpus: Double?
    package var pids: Int?
    package var ulimits: [Ulimit] = []
    /// Such as `SIGQUIT`; nil: the image's, or SIGTERM.
    package var stopSignal: String?
    package var stopTimeout = Duration.seconds(30)
    package var drainTimeout = Duration.seconds(30)
    package var minHealthy = Duration.seconds(10)
    package var pullDeadline = Duration.seconds(600)
    package var pullProgressDeadline = Duration.seconds(120)
    package var startDeadline = Duration.seconds(60)
    package var healthyDeadline = Duration.seconds(300)
    package var progressDeadline = Duration.seconds(600)
    package var order = RolloutOrder.startFirst
    /// How many instances of a new revision come up at a time.
    package var parallelism = 1
    package var replicas = 1
    package var scheduler = "wlc"
    /// IPVS persistence; nil: none.
    package var persistence: Duration?
    /// The weight of each destination: 1…65535.
    package var weight = 1
    package var pull = PullPolicy.missing
    /// Names and globs of the hosts it runs on; nil: all.
    package var hosts: [String]?
    package var enabled = true
    /// Units that the generated units want.
    package var wants: [String] = []
    package var after: [String] = []

    package init(image: String, port: Port) {
        self.image = image
        self.port = port
    }
}

/// Which comes first when a revision replaces another.
package enum RolloutOrder: String, Sendable, CaseIterable {
    /// The new one serves before the old one leaves.
    case startFirst = "start-first"
    /// The old one leaves first: for what can't run twice. Costs an outage.
    case stopFirst = "stop-first"
}

/// When an image is pulled.
package enum PullPolicy: String, Sendable, CaseIterable {
    case missing, always, never
}

/// One variable of a container's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    package var name: String
    package var value: Value

    package enum Value: Hashable, Sendable {
        case text(Redacted)
        /// The content of this file on the host, without its last line feed.
        case file(String)
    }
}

/// A text that is never shown: it prints as `<redacted>`.
package struct Redacted: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let revealed: String

    package init(_ text: String) {
        revealed = text
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
}

/// Something mounted into a container.
package struct Volume: Hashable, Sendable {
    package var source: Source
    package var target: String
    package var isReadOnly = false

    package enum Source: Hashable, Sendable {
        /// A path on the host.
        case bind(String)
        /// A Docker volume's name.
        case named(String)
        /// Memory.
        case tmpfs
    }
}

/// A resource limit of a container's processes (setrlimit(2)).
package struct Ulimit: Hashable, Sendable {
    package var name: String
    package var soft: Int
    package var hard: Int
}
