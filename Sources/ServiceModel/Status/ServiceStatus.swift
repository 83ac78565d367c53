/// What people and programs are shown of one service.
///
/// Computed from the rollout and what was measured; never stored.
package struct ServiceStatus: Codable, Equatable, Sendable {
    package var name: String
    package var state: State
    /// One sentence: what it waits for, or what is wrong.
    package var detail: String?
    /// Where the newest definition came from: `directory`, or a CouchDB's URL without its password.
    package var source: String?
    package var virtualServices: [VirtualServiceStatus]
    /// The revision to keep alive.
    package var current: String?
    /// The newest accepted revision.
    package var target: String?
    /// The revision being rolled out.
    package var candidate: String?
    /// The stage of the candidate, or nil.
    package var stage: String?
    /// When the candidate is given up, if nothing moves until then; RFC 3339.
    ///
    /// Nil while no such time runs.
    package var givesUpAt: String?
    package var backends: [BackendStatus]
    /// How many containers the current revision is to have; nil when none is to run, and in what earlier versions published.
    package var replicas: Int?
    /// The revision that a person went back to, until that ends; nil when the newest is wanted.
    package var rolledBack: RolledBack?
    /// The revisions that a person may go back to, the one that was current last first; nil when there are none.
    package var kept: [String]?
    /// The digest that the registry has the current revision's image under; nil where it isn't known.
    package var digest: String?
    /// The revisions that failed and are remembered, including those that are no longer wanted.
    package var failed: [FailedRevision]
    package var rejected: RejectedRevision?
    /// The slots of the current revision that ended, and haven't been stable since; nil when there are none.
    package var restarts: [RestartStatus]?
    /// How many pulls or starts of other services come before its own; nil when it doesn't wait for its turn.
    package var ahead: Int?
    /// Progress of a pull in words, while there is one.
    package var pull: String?
    /// When the state was entered; RFC 3339.
    package var since: String?
    /// What the daemon noticed about units, network or sources that keeps the service from being all right.
    package var warnings: [String]

    package enum State: String, Codable, Sendable, CaseIterable {
        /// All is as the newest document wants it.
        case running
        /// A revision replaces another, or is the first.
        case rolling
        /// It serves, but not as the newest document wants it, or with less than it should.
        case degraded
        /// It serves, and a person holds it as it is.
        case paused
        /// Nothing serves, and nothing will before something is changed.
        case failed
        /// Everything is leaving.
        case stopping
        /// Its manager isn't started.
        case stopped
        /// It has no document yet.
        case waiting

        /// True when a person should look.
        package var needsAttention: Bool { self == .degraded || self == .failed }
    }

    package struct VirtualServiceStatus: Codable, Equatable, Sendable {
        package var address: String
        package var scheduler: String
        package var isPublished: Bool

        enum CodingKeys: String, CodingKey {
            case address, scheduler
            case isPublished = "published"
        }
    }

    package struct BackendStatus: Codable, Equatable, Sendable {
        package var slot: Int
        package var revision: String
        package var role: String
        package var phase: String
        package var container: String?
        package var image: String
        package var address: String?
        package var weight: Int
        package var activeConnections: Int?
        package var inactiveConnections: Int?
        package var health: String?

        enum CodingKeys: String, CodingKey {
            case slot, revision, role, phase, container, image, address, weight, health
            case activeConnections = "active"
            case inactiveConnections = "inactive"
        }
    }

    package struct FailedRevision: Codable, Equatable, Sendable {
        package var revision: String
        package var phase: String
        package var message: String
        package var lastProbe: String?
        package var exitCode: Int?
        package var outOfMemory: Bool?
        package var lastLog: [String]
        /// Who gave its rollout up; nil when it failed by itself.
        package var givenUpBy: String?

        enum CodingKeys: String, CodingKey {
            case revision, phase, message
            case givenUpBy = "given_up_by"
            case lastProbe = "last_probe"
            case exitCode = "exit_code"
            case outOfMemory = "out_of_memory"
            case lastLog = "last_log"
        }
    }

    package struct RolledBack: Codable, Equatable, Sendable {
        package var revision: String
        /// Who went back to it.
        package var by: String
        /// Why, in their words.
        package var reason: String?
    }

    package struct RestartStatus: Codable, Equatable, Sendable {
        package var slot: Int
        /// How often it was started again since it was stable last.
        package var count: Int
        package var cause: Cause
        /// Of its last container, where that ended.
        package var exitCode: Int?
        package var outOfMemory: Bool?
        /// True when it keeps ending before it is stable.
        package var isCrashLoop: Bool
        /// True until it is started again.
        package var isWaiting: Bool
        /// How long it waits altogether, in seconds.
        package var delay: Double
        /// When it is started again, where that is to come; RFC 3339.
        package var at: String?

        package enum Cause: String, Codable, Sendable {
            case exit
            case outOfMemory = "out_of_memory"
            case byHand = "by_hand"
            case withDocker = "with_docker"
            case notStarted = "not_started"
        }

        enum CodingKeys: String, CodingKey {
            case slot, count, cause, delay, at
            case exitCode = "exit_code"
            case outOfMemory = "out_of_memory"
            case isCrashLoop = "crash_loop"
            case isWaiting = "waiting"
        }
    }

    package struct RejectedRevision: Codable, Equatable, Sendable {
        package var revision: String
        package var reasons: [String]
    }

    enum CodingKeys: String, CodingKey {
        case name, state, detail, source, current, target, candidate, stage, backends, failed, rejected, pull, since
        case replicas, restarts, warnings, ahead, kept, digest
        case rolledBack = "rolled_back"
        case givesUpAt = "gives_up_at"
        case virtualServices = "virtual_services"
    }
}
