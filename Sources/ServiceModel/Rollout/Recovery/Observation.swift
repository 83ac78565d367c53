package import Addresses

/// What was found on the host when the daemon started.
///
/// A rollout is rebuilt from it.
package struct Observation: Equatable, Sendable {
    package var containers: [ObservedContainer]
    /// The destinations of the virtual services that are ours, with their weights.
    ///
    /// See `OwnVirtualServices`.
    package var destinations: [ServiceAddress: [Endpoint: Int]]
    /// True when the host was booted since the record was written: the virtual services that it names no longer exist.
    package var isFirstOfBoot: Bool

    package init(
        containers: [ObservedContainer] = [],
        destinations: [ServiceAddress: [Endpoint: Int]] = [:],
        isFirstOfBoot: Bool = false
    ) {
        self.containers = containers
        self.destinations = destinations
        self.isFirstOfBoot = isFirstOfBoot
    }
}

/// A container with our labels.
package struct ObservedContainer: Equatable, Sendable {
    package var container: ContainerID
    package var instance: InstanceID
    package var definition: ServiceDefinition
    package var state: State
    /// The image that it was created from; nil when that isn't known.
    package var image: ImageID?

    /// Where it is reached while it runs: one address, or one of each family.
    package var endpoints: [Endpoint] {
        guard case .running(let endpoint, let other) = state else { return [] }
        return [endpoint, other].compactMap(\.self)
    }

    package enum State: Equatable, Sendable {
        /// It was never started.
        case created
        /// It runs at this address, and at one of the other family if its network has both.
        case running(Endpoint, other: Endpoint? = nil)
        /// It runs, but has no address: somebody has disconnected it from its network.
        case unreachable
        case exited(ExitReport)
    }

    package init(
        container: ContainerID,
        instance: InstanceID,
        definition: ServiceDefinition,
        state: State,
        image: ImageID? = nil
    ) {
        self.container = container
        self.instance = instance
        self.definition = definition
        self.state = state
        self.image = image
    }
}
