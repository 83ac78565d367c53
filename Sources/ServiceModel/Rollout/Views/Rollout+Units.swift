/// The wanted state of a service's units. The shell brings the units into it, and repeats what fails.
extension Rollout {
    /// The wanted state of a unit.
    package enum UnitWish: Equatable, Sendable {
        /// Active; ready once its revision serves.
        case active(isReady: Bool)
        /// Active until its service has ended. A start that was under way when the end began succeeds.
        case leaving
        /// Ended, with this exit code: 0 shows as inactive, anything else as failed.
        case ended(exitCode: Int)
    }

    /// The wanted state of the unit of each revision that has instances.
    ///
    /// Units of other revisions shouldn't run.
    package var revisionUnits: [Revision: UnitWish] {
        var wishes: [Revision: UnitWish] = [:]
        if let candidate, candidate.claiming == nil { wishes[candidate.revision] = .active(isReady: false) }
        for revision in Set(instances.keys.map(\.revision)) {
            let alive = alive(revision)
            if alive.isEmpty {
                if wishes[revision] == nil { wishes[revision] = .ended(exitCode: exits[revision]?.code ?? 0) }
            } else {
                wishes[revision] = .active(isReady: alive.contains { $0.hasDestination && $0.phase != .attaching })
            }
        }
        return wishes
    }

    /// The wanted state of the manager's unit; nil while the service is unmanaged.
    package var managerUnit: UnitWish? {
        switch management {
        case .unmanaged: nil
        case .managed: .active(isReady: !serving.isEmpty)
        case .stopping: .leaving
        case .disabled: .ended(exitCode: 0)
        case .failed: .ended(exitCode: 1)
        }
    }

    /// The wanted state of all units of this service.
    package var unitWishes: UnitWishes {
        var containers: [Revision: [ContainerID]] = [:]
        for instance in instances.values.sorted(by: { $0.id < $1.id }) {
            // A kept container may be started again, and is copied again then.
            if let container = instance.container, !instance.isKept {
                containers[instance.id.revision, default: []].append(container)
            }
        }
        let longest = instances.values.map { $0.definition.drainTimeout + $0.definition.stopTimeout }.max() ?? .zero
        return UnitWishes(
            service: service,
            isDefined: target != nil,
            isManaged: management == .managed,
            current: management == .managed ? current?.revision : nil,
            manager: managerUnit,
            revisions: revisionUnits,
            containers: containers,
            stopTimeout: longest,
            status: status.detail ?? status.state.rawValue
        )
    }
}

/// The wanted state of the units of one service.
package struct UnitWishes: Equatable, Sendable {
    package var service: ServiceID
    /// Whether the service has a definition.
    package var isDefined: Bool
    /// Whether the service should run: missing units are started then.
    package var isManaged: Bool
    /// The current revision of a managed service.
    package var current: Revision?
    /// The manager's unit; nil while the service is unmanaged.
    package var manager: Rollout.UnitWish?
    package var revisions: [Revision: Rollout.UnitWish]
    /// The containers whose output is copied to the unit of each revision.
    package var containers: [Revision: [ContainerID]]
    /// How long a stop may take, from the first drain on.
    package var stopTimeout: Duration
    /// One line for `systemctl status`.
    package var status: String

    package init(
        service: ServiceID,
        isDefined: Bool,
        isManaged: Bool,
        current: Revision?,
        manager: Rollout.UnitWish?,
        revisions: [Revision: Rollout.UnitWish],
        containers: [Revision: [ContainerID]],
        stopTimeout: Duration,
        status: String
    ) {
        self.service = service
        self.isDefined = isDefined
        self.isManaged = isManaged
        self.current = current
        self.manager = manager
        self.revisions = revisions
        self.containers = containers
        self.stopTimeout = stopTimeout
        self.status = status
    }
}
