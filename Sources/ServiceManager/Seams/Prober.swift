package import Addresses
package import ServiceModel

/// Finds out once whether an instance can serve.
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

    /// The time between the end of a probe and the next one.
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

/// Counts outcomes, and reports when enough of them change the verdict.
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

    /// The last failure, exactly when `restart_after` of them came in a row.
    package var exhausted: String? { failures > 0 && failures == restartAfter ? lastFailure : nil }

    /// Counts an outcome; returns the verdict if it has changed.
    ///
    /// While there is no verdict yet, each failure is returned, so that a person can see what an instance answers.
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
