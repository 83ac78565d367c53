package import Addresses

/// Everything that is decided about one service: which revision runs, which replaces it, and what happens next.
///
/// A pure value. It is told what happened (`handle`), and answers with what is to be done; it has no clock, no I/O and no
/// randomness, so the same events lead to the same state. Unexpected events are ignored: an answer that comes late, or
/// twice, finds its instance in another phase or gone.
///
/// ```
///  events ─► handle ─► apply (what happened) ─► advance (what follows) ─► actions
/// ```
package struct Rollout: Equatable, Sendable {
    package let service: ServiceID
    package internal(set) var management: Management = .unmanaged
    /// The newest accepted definition.
    package internal(set) var target: Deployment?
    /// The kept revision that a person went back to.
    package internal(set) var pin: Pin?
    /// The newest revision, when it says the same as the current one and asked to roll for changes only.
    package internal(set) var unchanged: Revision?
    /// The candidate that is a canary no more.
    package internal(set) var promoted: Revision?
    /// Set while a person has paused the service: no rollout begins or continues.
    package internal(set) var pause: OperatorNote?
    /// Which sources are asked for its document, and what they answered; nil when one has it.
    package internal(set) var asked: String?
    /// True while its document is waited for.
    var isAwaitingDocument = false
    /// True when it has waited too long for its document.
    package internal(set) var isDocumentOverdue = false
    /// True once a source has spoken of a document since this value was made, or rebuilt from its record.
    var hasBeenDefined = false
    /// The newest revision, when it isn't a valid definition.
    package internal(set) var rejection: Rejection?
    /// The revision that was in service for `min_healthy` last; the one to keep alive.
    package internal(set) var current: Deployment?
    /// The revision that is to become current.
    package internal(set) var candidate: Candidate?
    /// What ran before the service was stopped by hand: started again only if the newer revision fails.
    package internal(set) var fallback: Deployment?
    package internal(set) var instances: [InstanceID: Instance] = [:]
    /// Revisions that failed.
    ///
    /// They aren't tried again by themselves.
    package internal(set) var failures: [Revision: RevisionFailure] = [:]
    /// The revisions that failed, the last one last.
    var failureOrder: [Revision] = []
    /// The images that revisions were started from.
    package internal(set) var images: [Revision: ImageID] = [:]
    /// Those of them whose removal is under way.
    var leavingImages: Set<Revision> = []
    /// The revisions that were current last, the newest first: what a person may go back to.
    package internal(set) var kept: [Revision] = []
    /// Addresses whose virtual service is ours.
    package internal(set) var claimed: Set<ServiceAddress> = []
    /// What was ordered to be claimed and wasn't answered yet, also for revisions that aren't wanted any more.
    package internal(set) var claiming: [Revision: [ServiceAddress]] = [:]
    /// The address that the manager's unit was started with; it wins over the document's.
    package internal(set) var unitAddresses: [ServiceAddress]?
    /// The file of another program's template that has the name of the service's units.
    package internal(set) var foreignTemplate: String?
    /// Slots of the current revision that ended by themselves.
    package internal(set) var restarts: [Int: Restart] = [:]
    /// How the containers of a revision ended, without being asked to.
    package internal(set) var exits: [Revision: ExitReport] = [:]
    /// True while the current revision is down because a person stopped its unit.
    package internal(set) var isHandStopped = false
    /// True from a document's deletion until it is acted on.
    package internal(set) var isWithdrawing = false
    /// True while the release of addresses is under way.
    var isReleasing = false
    /// How its virtual services spread connections since this value was made; nil until there is a current revision.
    var applied: TrafficSettings?
    /// Revisions that an earlier version accepted: see `RolloutRecord.checkedByPort`.
    var checkedByPort: Set<Revision> = []
    /// The highest attempt number given out.
    package internal(set) var lastAttempt = 0
    /// How often something came that fitted no state: an answer that was late or came twice.
    package internal(set) var ignoredEvents = 0
    /// Filled while an event is handled, empty otherwise.
    var actions: [RolloutAction] = []

    package init(service: ServiceID) {
        self.service = service
    }

    /// Takes note of what happened, and says what is to be done now, in this order.
    package mutating func handle(_ event: RolloutEvent) -> [RolloutAction] {
        apply(event)
        advance()
        defer { actions = [] }
        return actions
    }

    private mutating func apply(_ event: RolloutEvent) {
        switch event {
        case .document(let event): apply(event)
        case .operator(let event): apply(event)
        case .unit(let event): apply(event)
        case .candidate(let revision, let event): apply(event, to: revision)
        case .instance(let id, let event): apply(event, to: id)
        case .host(let event): apply(event)
        case .timerFired(let timer): timerFired(timer)
        }
    }

    private mutating func apply(_ event: HostEvent) {
        switch event {
        case .addressesChanged: addressesChanged()
        case .addressesReleased(let addresses):
            isReleasing = false
            claimed.subtract(addresses)
        case .turnGiven(let turn): turnGiven(turn)
        case .imagesRemoved(let revisions): imagesRemoved(revisions)
        case .container(let container, let change): containerChanged(container, change)
        case .strayFound(let observed): strayFound(observed)
        case .engineReturned: engineReturned()
        }
    }

    mutating func emit(_ action: RolloutAction) {
        actions.append(action)
    }

    mutating func tell(_ notice: RolloutNotice) {
        actions.append(.tell(notice))
    }

    mutating func ignore() {
        ignoredEvents += 1
    }
}

extension Rollout {
    /// A revision and what it says.
    package struct Deployment: Equatable, Sendable {
        package var revision: Revision
        package var definition: ServiceDefinition

        package init(revision: Revision, definition: ServiceDefinition) {
            self.revision = revision
            self.definition = definition
        }
    }

    /// A revision on its way to being current.
    package struct Candidate: Equatable, Sendable {
        package var deployment: Deployment
        package var stage: Stage
        /// How often claim or pull was repeated.
        var retries = 0
        /// Why its addresses were refused last; nil once they are claimed.
        package internal(set) var refusal: Failure?
        /// True from a refusal until the addresses are claimed again.
        var waitsToClaim = false
        /// Why the last pull came to nothing.
        var trouble: String?
        /// Where its pull is; of no meaning in other stages.
        package internal(set) var pullStep = PullStep.inLine
        /// True while its deadline stands still, because an instance of it waits for its turn.
        var isProgressHeld = false

        package var revision: Revision { deployment.revision }
        package var definition: ServiceDefinition { deployment.definition }

        package enum PullStep: Sendable {
            /// It waits for its turn. → `underWay` (its turn).
            case inLine
            /// → `resting` (failed, may pass).
            case underWay
            /// It is tried again after a pause. → `inLine`.
            case resting
        }

        package enum Stage: String, Sendable, Codable, CaseIterable {
            /// Its addresses are being checked and claimed. → `pulling`.
            case claiming
            /// Its image is being pulled. → `clearing` (stop-first), `running`.
            case pulling
            /// The current revision leaves first. → `running` when its last instance is gone.
            case clearing
            /// Its instances start, get into service and settle. → it is current, `holding` (canary).
            case running
            /// Its canary has settled. → `running` (promoted by a person, or by time).
            case holding
        }
    }

    /// Whether the service is to run at all.
    package enum Management: Equatable, Sendable {
        /// It wasn't asked for. → `managed` (manager started).
        case unmanaged
        /// It is to run. → `stopping` (manager stopped, document deleted), `failed`.
        case managed
        /// Everything leaves. → `unmanaged` or `disabled` once nothing is left.
        case stopping(RolloutNotice.StopReason)
        /// It is to run, but its definition isn't for this host or is switched off. → `managed` (another definition).
        case disabled
        /// Its only revision has failed for good. → `managed` (a new revision, or a person asks again).
        case failed(Revision)
    }

    /// A revision that isn't a valid definition.
    package struct Rejection: Equatable, Sendable, Codable {
        package var revision: Revision
        package var reasons: [String]
    }

    /// A slot of the current revision that is started again.
    package struct Restart: Equatable, Sendable {
        /// How often it ended since it was settled last.
        package var count = 0
        /// True until its back-off has passed.
        package var isWaiting = false
        /// True when a person stopped or removed its container.
        package var isByHand = false
        /// How long it waits, from its end on.
        package var delay = Duration.zero
        /// How its container ended last; nil when it is gone, or never ran.
        package var exit: ExitReport?
        /// Why it couldn't be started, or wasn't healthy; nil when its container ended by itself.
        package var trouble: String?

        /// True when it keeps ending before it has settled.
        package var isCrashLoop: Bool { count >= RolloutPolicy.crashLoop }
    }

    /// The instances that take new connections.
    package var serving: [Instance] { instances.values.filter(\.isServing).sorted { $0.id < $1.id } }

    /// The instances of a revision that have not ended.
    func alive(_ revision: Revision) -> [Instance] {
        instances.values.filter { $0.id.revision == revision && $0.isAlive }.sorted { $0.id < $1.id }
    }
}
