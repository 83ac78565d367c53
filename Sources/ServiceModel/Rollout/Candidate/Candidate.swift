/// A revision that is to become current.
package struct Candidate: Equatable, Sendable {
    package let deployment: Deployment
    package internal(set) var stage: Stage

    package init(deployment: Deployment, stage: Stage) {
        self.deployment = deployment
        self.stage = stage
    }

    package var revision: Revision { deployment.revision }
    package var definition: ServiceDefinition { deployment.definition }

    /// The stage of a candidate, with the values that only this stage has.
    package enum Stage: Equatable, Sendable {
        /// Its addresses are being checked and claimed. → `pulling`.
        case claiming(Claiming)
        /// Its image is being pulled. → `clearing` (stop-first), `running`.
        case pulling(Pulling)
        /// The current revision leaves first. → `running` when its last instance has been removed.
        case clearing
        /// Its instances start, get into service and settle. → it is current, `holding` (canary).
        ///
        /// Its deadline is paused while one of its instances waits for its turn.
        case running(isProgressHeld: Bool)
        /// Its canary has settled. → `running` (promoted by a person, or by time).
        case holding

        package var name: StageName {
            switch self {
            case .claiming: .claiming
            case .pulling: .pulling
            case .clearing: .clearing
            case .running: .running
            case .holding: .holding
            }
        }
    }

    /// A stage without its values, as the status shows it.
    package enum StageName: String, Sendable, Codable, CaseIterable {
        case claiming, pulling, clearing, running, holding
    }

    /// A claim of addresses, which is repeated until it is granted or too late.
    package struct Claiming: Equatable, Sendable {
        /// How often it was repeated.
        var retries = 0
        /// Why the addresses were last refused.
        package internal(set) var refusal: Failure?
        /// True from a refusal until they are claimed again.
        var isWaiting = false

        package init() {}
    }

    /// A pull, which is repeated until the image is here or it is too late.
    package struct Pulling: Equatable, Sendable {
        package internal(set) var step = Step.inLine
        /// How often it was repeated.
        var retries = 0
        /// Why the last attempt failed.
        var trouble: String?

        package init(step: Step = .inLine) { self.step = step }

        package enum Step: Sendable {
            /// It waits for its turn. → `underWay` (its turn).
            case inLine
            /// → `resting` (failed, may pass).
            case underWay
            /// It is tried again after a pause. → `inLine`.
            case resting
        }
    }

    /// Whether its instances may run: it is past its claim, its pull and its clearing.
    var isRunning: Bool {
        switch stage {
        case .running, .holding: true
        case .claiming, .pulling, .clearing: false
        }
    }

    /// Whether its address was refused for so long that a person should look.
    package var waitsForAddress: Bool { (claiming?.retries ?? 0) > RolloutPolicy.patientClaims }

    /// The timer whose end gives it up in the stage that it is in; nil where its end lets it take over.
    package var lastTimer: RolloutTimer? {
        switch stage {
        case .claiming: .claim(revision)
        case .pulling: .pull(revision)
        case .clearing, .running: .progress(revision)
        case .holding: definition.canary?.hold == nil ? .hold(revision) : nil
        }
    }

    /// The claim; nil in other stages.
    package var claiming: Claiming? {
        get { if case .claiming(let claiming) = stage { claiming } else { nil } }
        set { if let newValue { stage = .claiming(newValue) } }
    }

    /// The pull; nil in other stages.
    package var pulling: Pulling? {
        get { if case .pulling(let pulling) = stage { pulling } else { nil } }
        set { if let newValue { stage = .pulling(newValue) } }
    }
}
