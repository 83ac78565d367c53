package import Addresses

/// How to find out whether an instance can serve.
package struct HealthCheck: Hashable, Sendable {
    /// What a probe does.
    package enum Kind: Hashable, Sendable {
        /// A connection is accepted.
        case tcp
        /// `GET` answers with a status that the probe accepts.
        case http(HTTPProbe)
        /// The image's own HEALTHCHECK says `healthy`.
        case docker
        /// The command exits with 0 inside the container.
        case exec([String])
        /// Healthy as soon as it runs.
        case none
    }

    /// What a probe does.
    package var kind: Kind

    /// Whether the document names no kind, so that the addresses decide; see ``ServiceDefinition/effectiveHealthCheck``.
    package var isKindImplied = false

    /// The port to probe; nil for the service's.
    package var port: Port?

    /// The time between probes once the instance is in service and settled: 100 ms…1 h.
    package var interval = Duration.seconds(5)

    /// The time between probes until then: 50 ms…1 h.
    package var startupInterval = Duration.milliseconds(250)

    /// How long a probe may take: 10 ms…5 min.
    package var timeout = Duration.seconds(5)

    /// How many successes in a row make an instance healthy: 1…100.
    package var rise = 1

    /// How many failures in a row make it unhealthy: 1…100.
    package var fall = 3

    /// After how many failures in a row to restart it: 1…10,000; nil for never.
    package var restartAfter: Int?

    /// Makes a health check with the defaults.
    ///
    /// - Parameter kind: What a probe does.
    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// The check of a document that names none: `GET /`, as with the predecessor.
    package static var implied: HealthCheck {
        var check = HealthCheck(.http(HTTPProbe()))
        check.isKindImplied = true
        return check
    }

    /// If the document names no kind, checks only whether a connection is accepted, as the first version of service-manager
    /// did.
    package mutating func checkImpliedPort() {
        guard isKindImplied else { return }
        kind = .tcp
        isKindImplied = false
    }
}

extension ServiceDefinition {
    /// The check in force.
    ///
    /// An implied check becomes `none` if no address is TCP, because HTTP needs TCP.
    package var effectiveHealthCheck: HealthCheck {
        guard healthCheck.isKindImplied, !addresses.isEmpty, !addresses.contains(where: { $0.transport == .tcp }) else {
            return healthCheck
        }
        var check = healthCheck
        check.kind = .none
        return check
    }
}
