/// The daemon itself, and whether what it depends on can be reached.
package struct DaemonStatus: Codable, Equatable, Sendable {
    package var version: String
    package var pid: Int
    /// When the process started; RFC 3339.
    package var started: String
    package var docker: Docker
    package var ipvs: IPVS
    /// Where definitions come from.
    package var sources: [Source]
    /// Where the status is written for all hosts to see; nil when no such database is configured.
    package var statusDatabase: Source?
    /// How often each promise of the rollouts, such as `I1`, was broken since the daemon started; nil when all were kept.
    package var brokenPromises: [String: Int]?

    /// Makes the daemon's status.
    ///
    /// - Parameters:
    ///   - version: The program's version.
    ///   - pid: The process.
    ///   - started: When the process started; RFC 3339.
    ///   - docker: The Docker Engine.
    ///   - ipvs: The kernel's IPVS.
    ///   - sources: Where definitions come from.
    ///   - statusDatabase: Where the status is written for all hosts to see.
    ///   - brokenPromises: How often each promise of the rollouts was broken.
    package init(
        version: String,
        pid: Int,
        started: String,
        docker: Docker,
        ipvs: IPVS,
        sources: [Source],
        statusDatabase: Source? = nil,
        brokenPromises: [String: Int]? = nil
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.docker = docker
        self.ipvs = ipvs
        self.sources = sources
        self.statusDatabase = statusDatabase
        self.brokenPromises = brokenPromises
    }

    enum CodingKeys: String, CodingKey {
        case version, pid, started, docker, ipvs, sources
        case statusDatabase = "status_database"
        case brokenPromises = "broken_promises"
    }

    /// The Docker Engine.
    package struct Docker: Codable, Equatable, Sendable {
        package var state: Reachability
        /// The version of its API, such as `1.44`.
        package var api: String?
        package var error: String?

        /// Makes the Docker Engine's status.
        ///
        /// - Parameters:
        ///   - state: Whether it answers.
        ///   - api: The version of its API.
        ///   - error: Why it can't be reached.
        package init(state: Reachability, api: String?, error: String?) {
            self.state = state
            self.api = api
            self.error = error
        }
    }

    /// The kernel's IPVS.
    package struct IPVS: Codable, Equatable, Sendable {
        package var state: Reachability
        /// As the kernel says it, such as `1.2.1`.
        package var version: String?
        package var error: String?
        /// How often the table was set right after somebody else had changed it, since the daemon started.
        package var driftRepaired: Int?

        /// Makes IPVS's status.
        ///
        /// - Parameters:
        ///   - state: Whether it answers.
        ///   - version: As the kernel says it.
        ///   - error: Why it can't be reached.
        ///   - driftRepaired: How often the table was set right.
        package init(state: Reachability, version: String?, error: String?, driftRepaired: Int? = nil) {
            self.state = state
            self.version = version
            self.error = error
            self.driftRepaired = driftRepaired
        }

        enum CodingKeys: String, CodingKey {
            case state, version, error
            case driftRepaired = "drift_repaired_total"
        }
    }

    /// A source of definitions, or the status database.
    package struct Source: Codable, Equatable, Sendable {
        /// `directory`, or a CouchDB's URL without its password.
        package var name: String
        package var state: Reachability
        package var error: String?
        /// How many documents or files in it can't be a definition; nil when there are none.
        package var unusable: Int?

        /// Makes a source's status.
        ///
        /// - Parameters:
        ///   - name: Which one.
        ///   - state: Whether it is followed.
        ///   - error: Why it can't be.
        ///   - unusable: How many documents or files in it can't be a definition.
        package init(name: String, state: Reachability, error: String?, unusable: Int? = nil) {
            self.name = name
            self.state = state
            self.error = error
            self.unusable = unusable
        }
    }

    /// Whether something that the daemon depends on answers.
    package enum Reachability: String, Codable, Sendable {
        case up
        case down
        /// It hasn't answered yet, nor failed.
        case connecting
    }
}
