package import Addresses

/// How it is found out whether an instance can serve.
package struct HealthCheck: Hashable, Sendable {
    package var kind = Kind.tcp
    /// The port to probe; nil: the service's.
    package var port: Port?
    /// Between probes once in service and settled.
    package var interval = Duration.seconds(5)
    /// Between probes until then.
    package var startupInterval = Duration.milliseconds(250)
    /// How long a probe may take.
    package var timeout = Duration.seconds(2)
    /// So many successes in a row make it healthy.
    package var rise = 1
    /// So many failures in a row make it unhealthy.
    package var fall = 3
    /// Restart after so many failures in a row; nil: never for that reason.
    package var restartAfter: Int?

    package enum Kind: Hashable, Sendable {
        /// A connection is accepted.
        case tcp
        /// `GET` answers with a status in the range.
        case http(HTTPProbe)
        /// The image's own HEALTHCHECK says `healthy`.
        case docker
        /// The command exits with 0 inside the container.
        case exec([String])
        /// Healthy as soon as it runs.
        case none
    }

    package init(_ kind: Kind = .tcp) {
        self.kind = kind
    }
}

/// An HTTP request, and what counts as an answer.
package struct HTTPProbe: Hashable, Sendable {
    package var path = "/"
    /// The `Host` header; nil: the container's address.
    package var host: String?
    package var status: ClosedRange<Int> = 200...399
    package var headers: [String: String] = [:]

    package init() {}
}
