package import Addresses
package import ServiceModel

/// What the daemon asks of whatever has the images of containers.
package protocol ImageKeeping: Sendable {
    /// Has the image here, by the definition's pull policy, and keeps it here for this revision.
    ///
    /// - Parameters:
    ///   - revision: Whose image it is to be.
    ///   - service: Whose revision that is.
    ///   - definition: Names the image and the policy.
    ///   - known: The image that the revision was started from before: that very one is wanted, whatever its name has come
    ///     to stand for, and where it is still here nothing is asked of a registry.
    ///   - progress: Called with lines for people.
    /// - Returns: Which image it is.
    /// - Throws: `Failure` that names the image and what is in the way.
    func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID

    /// Gives up the images of revisions that can't be gone back to any more.
    ///
    /// What a container, another revision or another service uses stays, and so does what others brought here.
    ///
    /// - Throws: `Failure` only for what may pass; an image that can't be removed stays, and that is all right.
    func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure)
}

/// What the daemon asks of whatever runs containers.
///
/// One real implementation over the Docker Engine API.
///
/// Each call has its own time limit; a call that fails says whether trying again can help.
package protocol ContainerRuntime: ImageKeeping {
    /// Makes a container, labelled so that it can be found again without any memory of ours.
    func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID

    /// Starts a container and says where it is reached.
    func start(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> StartedContainer

    /// Sends the stop signal, waits for the definition's `stop_timeout`, kills. Returns once it has exited.
    func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport

    /// Whether a container was ever started, and may have written something; true as well when that can't be found out.
    func hasRun(_ container: ContainerID) async -> Bool

    /// Removes a container that has exited, and returns the last lines that it wrote.
    func remove(_ container: ContainerID) async throws(Failure) -> [String]
}

/// What is known of a container once it runs.
package struct StartedContainer: Equatable, Sendable {
    package var endpoint: Endpoint
    /// Where it is reached in the other address family, when its network has both.
    package var otherEndpoint: Endpoint?
    /// Its first process, as the host counts them.
    package var processID: Int?
    /// Its network interface's address, by which the bridge's port is found; nil with host networking.
    package var hardwareAddress: String?
    /// The bridge that it is on; nil with host networking.
    package var bridge: Bridge?

    package init(
        endpoint: Endpoint,
        otherEndpoint: Endpoint? = nil,
        processID: Int? = nil,
        hardwareAddress: String? = nil,
        bridge: Bridge? = nil
    ) {
        self.endpoint = endpoint
        self.otherEndpoint = otherEndpoint
        self.processID = processID
        self.hardwareAddress = hardwareAddress
        self.bridge = bridge
    }

    /// A Linux bridge of Docker's.
    package struct Bridge: Hashable, Sendable {
        /// Its interface, such as `docker0`.
        package var interface: String
        /// Such as `172.17.0.0/16`; one for each address family that it has.
        package var subnets: [String]
    }
}

/// A definition with the bytes that it was decoded from, which are what is stored and labelled.
package struct AcceptedDefinition: Equatable, Sendable {
    package var revision: Revision
    package var definition: ServiceDefinition
    /// The document as it came, JSON.
    package var document: [UInt8]

    package init(revision: Revision, definition: ServiceDefinition, document: [UInt8]) {
        self.revision = revision
        self.definition = definition
        self.document = document
    }
}
