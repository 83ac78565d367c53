package import Addresses

/// One container of one revision, from the order to create it until it is removed.
package struct Instance: Equatable, Sendable {
    package let id: InstanceID
    /// What runs in it; an instance keeps its definition even when the service's has moved on.
    package internal(set) var definition: ServiceDefinition
    package private(set) var state: State
    /// Known from the answer to `create` on.
    package internal(set) var container: ContainerID?
    /// True for a container that was made by somebody else and carries no labels of ours: only the record knows it.
    package internal(set) var isAdopted = false
    /// Where its container is reached; known from the answer to `start` on.
    package internal(set) var endpoints: Endpoints?
    /// What it is in the kernel's table: from the order to attach until the answer to detach.
    package internal(set) var destination: Destination?
    package internal(set) var process = ContainerProcess.running
    /// What its last probes said; nil before the first verdict.
    package internal(set) var health: ProbeVerdict?
    /// What is wanted of it.
    package internal(set) var intent = Intent()
    /// The command that is outstanding.
    package internal(set) var command = Command()

    package init(id: InstanceID, definition: ServiceDefinition, state: State) {
        self.id = id
        self.definition = definition
        self.state = state
    }

    /// Takes a state; what was said of the command of the one before doesn't count for it.
    mutating func enter(_ state: State) {
        self.state = state
        command = Command()
    }

    /// The container's address and the definition's port, and the same in the other address family, where its network has both.
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
        /// The weight that it was given last.
        package var weight = 0
        /// True when it has been in service for `min_healthy` without failing.
        package var isSettled = false

        package init(weight: Int = 0, isSettled: Bool = false) {
            self.weight = weight
            self.isSettled = isSettled
        }
    }

    /// The container's process, as far as it matters to clients.
    package enum ContainerProcess: Sendable {
        case running
        /// Its container is paused.
        case suspended
        /// It has ended, and it isn't known yet how.
        case ended
    }

    /// What the service wants of an instance, or a person.
    package struct Intent: Equatable, Sendable {
        /// It is to leave: it goes through the rest of its phases as fast as its promises allow.
        package var isRetiring = false
        /// Another instance of the same revision is to take its place.
        package var isOutdated = false
        /// A person keeps it out of service.
        package var isHandDrained = false
    }

    /// A command that was given and hasn't been answered yet, or is repeated.
    package struct Command: Equatable, Sendable {
        /// How often it was repeated after a transient error.
        package var retries = 0
        /// True while create or start waits to be repeated, and no command is under way.
        package var awaitsRetry = false
        /// Why create or start failed last.
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

    /// True while its container, which a person stopped, isn't removed yet, so that it can be started again.
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

    /// True while it is to have a destination in the kernel.
    package var wantsDestination: Bool { hasDestination && !processHasEnded }

    /// True until its process has ended.
    package var isAlive: Bool {
        switch state {
        // There is nothing to end of one that waits for its turn.
        case .queued: !isRetiring
        case .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping: true
        case .detaching, .removing: false
        }
    }

    /// The evidence of the last failed probe.
    var lastProbe: String? {
        if case .failing(let evidence) = health { evidence } else { nil }
    }

    /// Where it is reached through each address of its service; an address whose family it lacks is left out.
    package var destinations: [ServiceAddress: Endpoint] {
        let endpoints = [endpoints?.first, endpoints?.other].compactMap(\.self)
        var destinations: [ServiceAddress: Endpoint] = [:]
        for address in definition.addresses {
            destinations[address] = endpoints.first { $0.address.family == address.endpoint.address.family }
        }
        return destinations
    }

    /// Sets what happens to its container, which has ended, once its destination is deleted.
    mutating func afterEnd(_ end: End) {
        switch state {
        case .detaching: state = .detaching(end)
        case .removing: state = .removing(end)
        case .queued, .creating, .starting, .probing, .attaching, .serving, .ejected, .draining, .stopping: break
        }
    }
}
