/// What systemd is to show of a service. The shell brings the units there, however often it has to try.
extension Rollout {
    /// What a unit of this service is to be.
    package enum UnitWish: Equatable, Sendable {
        /// Running; ready once its revision serves.
        case active(isReady: Bool)
        /// Running until its service has ended; a start of it that was under way when the end began succeeds.
        case leaving
        /// Ended, with this exit code: 0 shows as inactive, anything else as failed.
        case ended(exitCode: Int)
    }

    /// What the unit of each revision that has instances is to be.
    ///
    /// Revisions that aren't named have no running unit.
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

    /// All that systemd is to show of this service.
    package var unitWishes: UnitWishes {
        var containers: [Revision: [ContainerID]] = [:]
        for instance in instances.values.sorted(by: { $0.id < $1.id }) {
            // What is kept may be started again, and is copied once more then.
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

/// What systemd is to show of one service.
package struct UnitWishes: Equatable, Sendable {
    package var service: ServiceID
    /// Whether the service has a definition.
    package var isDefined: Bool
    /// Whether the service is to run: units that are missing are started then.
    package var isManaged: Bool
    /// The current revision of a service that is to run.
    package var current: Revision?
    /// The manager's unit; nil while the service is unmanaged.
    package var manager: Rollout.UnitWish?
    package var revisions: [Revision: Rollout.UnitWish]
    /// Whose output is to be copied to which revision's unit.
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
