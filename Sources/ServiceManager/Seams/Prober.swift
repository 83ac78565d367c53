package import Addresses
package import ServiceModel

/// Finds out whether an instance can serve, once.
package protocol Prober: Sendable {
    /// Probes within the check's timeout.
    func probe(_ target: ProbeTarget) async -> ProbeOutcome
}

/// Success, or the evidence of a failure: `GET http://172.17.0.2:80/ → 503 in 4 ms`.
package enum ProbeOutcome: Equatable, Sendable {
    case success
    case failure(String)
}

/// What is probed, and how often.
package struct ProbeTarget: Equatable, Sendable {
    package var container: ContainerID
    package var endpoint: Endpoint
    package var check: HealthCheck
    package var cadence: ProbeCadence

    package init(container: ContainerID, endpoint: Endpoint, check: HealthCheck, cadence: ProbeCadence) {
        self.container = container
        self.endpoint = endpoint
        self.check = check
        self.cadence = cadence
    }

    /// Between the end of a probe and the next.
    package var interval: Duration {
        switch cadence {
        case .startup: check.startupInterval
        case .steady: check.interval
        }
    }

    /// Where a network probe goes.
    package var probedEndpoint: Endpoint {
        Endpoint(address: endpoint.address, port: check.port ?? endpoint.port)
    }
}

/// Counts outcomes, and tells when enough of them say something new.
package struct ProbeHistory: Equatable, Sendable {
    private let rise: Int
    private let fall: Int
    private let restartAfter: Int?
    private var verdict: ProbeVerdict?
    private var successes = 0
    private var failures = 0
    private var lastFailure = ""

    package init(check: HealthCheck, verdict: ProbeVerdict?) {
        rise = check.rise
        fall = check.fall
        restartAfter = check.restartAfter
        self.verdict = verdict
    }

    /// The last failure, when there were `restart_after` in a row just now.
    package var exhausted: String? { failures > 0 && failures == restartAfter ? lastFailure : nil }

    /// Takes note of an outcome; the verdict, when it has changed by it.
    ///
    /// While there is no verdict yet, each failure is told, so that a person can see what an instance answers.
    package mutating func add(_ outcome: ProbeOutcome) -> ProbeVerdict? {
        switch outcome {
        case .success:
            successes += 1
            failures = 0
            guard successes >= rise, verdict != .passing else { return nil }
            verdict = .passing
            return verdict
        case .failure(let evidence):
            failures += 1
            lastFailure = evidence
            successes = 0
            guard failures >= fall || verdict != .passing else { return nil }
            let failing = ProbeVerdict.failing(evidence)
            guard verdict != failing else { return nil }
            verdict = failing
            return failing
        }
    }
}
