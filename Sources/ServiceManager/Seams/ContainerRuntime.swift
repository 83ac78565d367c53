package import Addresses
package import ServiceModel

/// What the daemon needs from the keeper of images.
package protocol ImageKeeping: Sendable {
    /// Gets the image onto this host, by the definition's pull policy, and keeps it for this revision.
    ///
    /// - Parameters:
    ///   - revision: The revision that the image is for.
    ///   - service: The revision's service.
    ///   - definition: Names the image and the policy.
    ///   - known: The image that the revision was started from before. Exactly this image is used, whatever its name stands for
    ///     now. While it is still on this host, no registry is asked.
    ///   - progress: Called with lines for people.
    /// - Returns: The image.
    /// - Throws: `Failure` that names the image and the obstacle.
    func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID

    /// Removes the images of revisions that can no longer be rolled back to.
    ///
    /// Images that a container, another revision or another service uses stay, and so do images that service-managerd didn't
    /// pull.
    ///
    /// - Throws: `Failure` only for what may pass. An image that can't be removed stays, which is harmless.
    func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure)
}

/// What the daemon needs from a container engine.
///
/// There is one real implementation, over the Docker Engine API.
///
/// Each call has its own time limit. A call that fails says whether trying again can help.
package protocol ContainerRuntime: ImageKeeping {
    /// Creates a container, labelled so that it can be found again without any record.
    func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID

    /// Starts a container and says where it is reached.
    func start(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> StartedContainer

    /// Sends the stop signal, and kills the container after the definition's `stop_timeout`. Returns once it has exited.
    func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport

    /// Whether a container was ever started, and may have written something; also true when that can't be found out.
    func hasRun(_ container: ContainerID) async -> Bool

    /// Removes a container that has exited, and returns the last lines that it wrote.
    func remove(_ container: ContainerID) async throws(Failure) -> [String]
}

/// What is known about a container once it runs.
package struct StartedContainer: Equatable, Sendable {
    package var endpoint: Endpoint
    /// Where it is reached in the other address family, when its network has both.
    package var otherEndpoint: Endpoint?
    /// The id of its first process, in the host's namespace.
    package var processID: Int?
    /// Its network interface's hardware address, by which the bridge's port is found; nil with host networking.
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

/// A definition with the bytes that it was decoded from.
///
/// The bytes are what is stored, and written into the label.
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
