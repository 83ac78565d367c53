package import Addresses

/// One container of one revision, from the order to create it until it is removed.
package struct Instance: Equatable, Sendable {
    package let id: InstanceID
    /// The definition that it runs.
    ///
    /// An instance keeps it even when the service's definition changes.
    package internal(set) var definition: ServiceDefinition
    package private(set) var state: State
    /// Known from the answer to `create` on.
    package internal(set) var container: ContainerID?
    /// True for a container that was made by somebody else, without our labels: only the record knows it.
    package internal(set) var isAdopted = false
    /// Where its container is reached; known from the answer to `start` on.
    package internal(set) var endpoints: Endpoints?
    /// Its destination in the kernel's table, from the order to attach until the answer to detach.
    package internal(set) var destination: Destination?
    package internal(set) var process = ContainerProcess.running
    /// The verdict of its last probes; nil before the first one.
    package internal(set) var health: ProbeVerdict?
    /// What the service, or a person, wants of it.
    package internal(set) var intent = Intent()
    /// The outstanding command.
    package internal(set) var command = Command()

    package init(id: InstanceID, definition: ServiceDefinition, state: State) {
        self.id = id
        self.definition = definition
        self.state = state
    }

    /// Enters a state, with a new command.
    mutating func enter(_ state: State) {
        self.state = state
        command = Command()
    }

    /// The container's address with the definition's port, and the same in the other address family if its network has both.
    package struct Endpoints: Equatable, Sendable {
        package var first: Endpoint
        package var other: Endpoint?

        package init(_ first: Endpoint, other: Endpoint? = nil) {
            self.first = first
            self.other = other
        }
    }

    /// A destination, which may exist in the kernel.
    package struct Destination: Equatable, Sendable {
        /// The weight that was last set.
        package var weight = 0
        /// True when the instance has been in service for `min_healthy` without failing.
        package var isSettled = false

        package init(weight: Int = 0, isSettled: Bool = false) {
            self.weight = weight
            self.isSettled = isSettled
        }
    }

    /// The state of the container's process, as far as it matters to clients.
    package enum ContainerProcess: Sendable {
        case running
        /// Its container is paused.
        case suspended
        /// It has ended, but it isn't known yet how.
        case ended
    }

    /// What the service, or a person, wants of an instance.
    package struct Intent: Equatable, Sendable {
        /// It must leave: it goes through its remaining phases as fast as the invariants allow.
        package var isRetiring = false
        /// Another instance of the same revision will take its place.
        package var isOutdated = false
        /// A person keeps it out of service.
        package var isHandDrained = false
    }

    /// A command that hasn't been answered yet, or is being repeated.
    package struct Command: Equatable, Sendable {
        /// How often it was repeated after a transient error.
        package var retries = 0
        /// True while create or start waits to be repeated, and no command is under way.
        package var awaitsRetry = false
        /// Why create or start last failed.
        package var trouble: String?
    }
}

extension Instance {
    package var phase: Phase { state.phase }

    package var endpoint: Endpoint? { endpoints?.first }
    package var weight: Int { destination?.weight ?? 0 }
    package var isSettled: Bool { destination?.isSettled ?? false }
    package var hasDestination: Bool { destination != nil }

    package var isRetiring: Bool {
        get { intent.isRetiring }
        set { intent.isRetiring = newValue }
    }
    package var isOutdated: Bool { intent.isOutdated }
    package var isHandDrained: Bool { intent.isHandDrained }

    package var isSuspended: Bool { process == .suspended }
    package var processHasEnded: Bool { process == .ended }

    /// True while its container, which a person stopped, is kept so that it can be started again.
    package var isKept: Bool {
        switch state {
        case .detaching(.kept), .detaching(.startedAgain), .removing(.kept), .removing(.startedAgain): true
        case .queued, .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping,
            .detaching(.removed), .removing(.removed):
            false
        }
    }

    /// True while its destination takes new connections.
    package var isServing: Bool { phase == .serving && !processHasEnded }

    /// True while it should have a destination in the kernel.
    package var wantsDestination: Bool { hasDestination && !processHasEnded }

    /// True until its process has ended.
    package var isAlive: Bool {
        switch state {
        // An instance that waits for its turn has no process to end.
        case .queued: !isRetiring
        case .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping: true
        case .detaching, .removing: false
        }
    }

    /// The evidence of the last failed probe.
    var lastProbe: String? {
        if case .failing(let evidence) = health { evidence } else { nil }
    }

    /// Its endpoint for each address of its service; addresses of a family that it doesn't have are left out.
    package var destinations: [ServiceAddress: Endpoint] {
        let endpoints = [endpoints?.first, endpoints?.other].compactMap(\.self)
        var destinations: [ServiceAddress: Endpoint] = [:]
        for address in definition.addresses {
            destinations[address] = endpoints.first { $0.address.family == address.endpoint.address.family }
        }
        return destinations
    }

    /// Sets what happens to its ended container once the destination is deleted.
    mutating func afterEnd(_ end: End) {
        switch state {
        case .detaching: state = .detaching(end)
        case .removing: state = .removing(end)
        case .queued, .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping: break
        }
    }
}
